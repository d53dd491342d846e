# SPDX-License-Identifier: ISC
"""What mail programs and employers add to a letter, by language, and the
people and the newsletter of the labelled replies.  Words only, no code."""

OWNER = ("Rummelig imidt", "tg@lo-aarhus.dk")
ISSUE = "Nyhedsbrev 14 - Rummelig imidt"

NAMES = {
    "da": (
        "Alma Anders Benedikte Bent Birgitte Carl Dorte Ejner Else Finn Grete "
        "Helge Inga Jesper Jonna Kaj Kirstine Lise Magnus Marie Nanna Ole "
        "Poul Rasmus Rosa Steen Svend Thyra Tove Viggo Vibeke Åge".split(),
        "Agerskov Bonde Brøgger Dam Engelund Fisker Fogh Gejl Haugaard Husum "
        "Ibsen Juul Kjeldsen Krogh Lind Meldgaard Munk Nygård Odgaard Riber "
        "Sand Sloth Søe Tang Ørum Vinther Åkjær".split()),
    "no": ("Aud Bjørn Eirik Gunnhild Håkon Ingvild Kåre Liv Odd Torill".split(),
           "Bakke Fosse Haugen Lie Nesse Rønning Solheim Vik Ødegård".split()),
    "sv": ("Arvid Britta Elsa Göran Ingegerd Kerstin Lennart Måns Åsa".split(),
           "Bergqvist Ekström Forsgren Hallberg Lindén Nyman Sjögren".split()),
    "en": ("Amara Clive Deborah Fiona Graham Hiro Nadia Owen Priti".split(),
           "Achebe Barlow Crane Donnelly Hughes Mistry Tanaka Wren".split()),
    "de": ("Anke Dieter Frauke Jürgen Monika Ralf Ute Wolfgang".split(),
           "Behrens Carstens Hinrichs Krämer Petersen Voß Wulff".split()),
    "fo": (["Jákup", "Marjun"], ["Djurhuus", "Olsen"]),
    "is": (["Guðrún", "Þór"], ["Einarsdóttir", "Jónsson"]),
    "nl": (["Joke", "Wim"], ["de Groot", "van Dijk"]),
    "fr": (["Élodie", "Luc"], ["Fabre", "Lefèvre"]),
    "es": (["Iñigo", "Pilar"], ["Ibáñez", "Soler"]),
    "pl": (["Bożena", "Łukasz"], ["Wójcik", "Zając"]),
    "uk": (["Олена", "Тарас"], ["Бондар", "Ковальчук"]),
    "ar": (["سمير", "ليلى"], ["حداد", "نصار"]),
}
PRIVATE = ("posthus.example netpost.example gmail.example mail.sund.example "
           "bredbaand.example outlook.example icloud.example "
           "yahoo.example").split()
WORK = ("aadal-kommune.example fjordbyen.example nordlys-aps.example "
        "jobcenter-vest.example hoejskolen-bakken.example "
        "maskinvaerket.example stiftet.example").split()
ABROAD = {"no": ["fylket.example", "epost.example"],
          "sv": ["kommunen.example", "brevlada.example"],
          "en": ["charity.example", "inbox.example"],
          "de": ["amt-nord.example", "briefkasten.example"]}

# The newsletter below a reply: (h or p, text).  Its foot holds the very words
# that a request holds, so a quote taken for the sender's own text shows.
STORIES = [
    [("h", "Et værksted får nye maskiner"),
     ("p", "I Hedensted er tre høvlbænke og en båndsav flyttet ind i den gamle "
           "brugs. Her lærer otte unge at bygge senge af paller, og de første "
           "to er allerede ansat hos tømreren overfor."),
     ("h", "Tal fra efteråret"),
     ("p", "Siden august er 27 borgere begyndt i småjob på få timer om ugen. "
           "Flere vil gerne op i tid, og det arbejder kommunerne med nu."),
     ("p", "Læs mere på vores side, eller ring til Tue.")],
    [("h", "Når pausen er en del af jobbet"),
     ("p", "Lis har delt sin arbejdsdag i to. Chefen var i tvivl, men siger i "
           "dag, at det er den bedste aftale, han har lavet."),
     ("h", "Kom til temadag i Skive"),
     ("p", "Torsdag den 26. november taler vi om mentorer. Tilmelding senest "
           "en uge før. Afbud og afmelding til temadagen sker på telefon.")],
    [("h", "Ti små virksomheder går sammen"),
     ("p", "De vil hver tage én medarbejder ind, som ikke kan arbejde på fuld "
           "tid. Gartneriet i Odder er det første. – Vi stopper ikke her, "
           "siger formanden."),
     ("p", "Regionen har samtidig givet penge til en ny håndbog.")],
]
FEET = [
    ["Vil du ikke længere have nyhedsbrevet? Svar på denne mail, og skriv "
     "afmeld, så sletter vi dig fra listen.",
     "Rummelig imidt, Aarhus C"],
    ["Du får dette brev, fordi du har tilmeldt dig. Du kan altid framelde "
     "dig igen: skriv til tg@lo-aarhus.dk",
     "Frameld nyhedsbrevet: https://nyhedsbrev.example/af/8f3k2"],
    ["Denne mail er sendt til {address}.",
     "Ønsker du ikke flere mails fra os, så klik her for at afmelde dig. "
     "Unsubscribe from this list."],
]

SIGNATURES = {
    "da": [
        "-- \n{name}\n{address}",
        "{name}\nJobkonsulent\nArbejdsmarked og Borgerservice\n"
        "Tlf. 86 00 00 00\n{address}",
        "Venlig hilsen\n\n{name}\nSpecialkonsulent\nRådhusgade 2, 2. sal\n"
        "Direkte 87 00 00 00\nwww.{domain}\n\nSådan behandler vi dine "
        "personoplysninger: www.{domain}/privatliv",
        "Mvh. {name}\n\nTænk på miljøet, før du udskriver denne mail.",
        "-- \n{name}\nFølg os på Facebook. Tilmeld eller afmeld vores eget "
        "nyhedsbrev: www.{domain}/nyt"],
    "no": ["-- \n{name}", "Vennlig hilsen\n{name}\nRådgiver\nMobil 900 00 000",
           "Med hilsen\n{name}\n\nSkriv ikke ut e-posten uten grunn."],
    "sv": ["-- \n{name}", "Med vänliga hälsningar\n{name}\nHandläggare\n"
           "Växel 010-000 00 00",
           "{name}\n\nSå hanterar vi personuppgifter: www.{domain}/gdpr"],
    "en": ["-- \n{name}", "Best regards,\n{name}\nProgramme Officer\n"
           "Office +44 20 0000 0000",
           "{name}\nPlease consider the environment before printing."],
    "de": ["-- \n{name}", "Mit freundlichen Grüßen\n{name}\n"
           "Sachbearbeitung\nTel. 0461 000-0"],
}
DISCLAIMERS = {
    "da": ["Denne e-mail kan indeholde fortrolige oplysninger. Har du "
           "modtaget den ved en fejl, så giv os besked og slet den.",
           "Fjordbyens Kommune registrerer og behandler oplysninger om dig. "
           "Du har ret til at få dem rettet eller slettet.\nSend sikkert til "
           "os med Digital Post.",
           "Vi sender kun digitalt. Ønsker du at blive fritaget for Digital "
           "Post, så kontakt Borgerservice."],
    "en": ["This e-mail is confidential and intended solely for the addressee. "
           "If you have received it in error, please delete it and notify the "
           "sender.",
           "CONFIDENTIALITY NOTICE: any review, copying or distribution by "
           "others is prohibited.\nIf you no longer wish to receive "
           "commercial messages from us, reply with unsubscribe."],
    "de": ["Diese E-Mail kann vertrauliche Informationen enthalten. Sind Sie "
           "nicht der richtige Adressat, löschen Sie sie bitte."],
    "sv": ["Meddelandet kan innehålla sekretess. Har du fått det av misstag, "
           "radera det."],
    "no": ["Denne e-posten kan være taushetsbelagt. Er den kommet feil, ber "
           "vi deg slette den."],
}

# who: the quoted sender as the program writes it; d: a datetime; the rest
# are its names of days and months in that language
GMAIL = {
    "da": "Den {day3}. {d.day}. {mon}. {d.year} kl. {d:%H.%M} skrev {who}:",
    "no": "{day3}. {d.day}. {mon}. {d.year} kl. {d:%H:%M} skrev {who}:",
    "sv": "Den {day3} {d.day} {mon}. {d.year} kl {d:%H:%M} skrev {who}:",
    "en": "On {day3}, {mon} {d.day}, {d.year} at {d:%H:%M} {who} wrote:",
    "de": "Am {day3}., {d.day}. {mon}. {d.year} um {d:%H:%M} Uhr schrieb "
          "{who}:",
    "nl": "Op {day3} {d.day} {mon} {d.year} om {d:%H:%M} schreef {who}:",
    "fr": "Le {day3}. {d.day} {mon}. {d.year} à {d:%H:%M}, {who} a écrit :",
    "es": "El {day3}, {d.day} {mon} {d.year} a las {d:%H:%M}, {who} escribió:",
    "pl": "{day3}., {d.day} {mon} {d.year} o {d:%H:%M} {who} napisał(a):",
    "uk": "{day3}, {d.day} {mon}. {d.year} р. о {d:%H:%M} {who} пише:",
    "is": "Þann {day3}., {d.day}. {mon}. {d.year} kl. {d:%H:%M} skrifaði "
          "{who}:",
}
APPLE = {
    "da": "Den {d.day}. {mon}. {d.year} kl. {d:%H.%M} skrev {who}:",
    "no": "{d.day}. {mon}. {d.year} kl. {d:%H:%M} skrev {who}:",
    "sv": "{d.day} {mon}. {d.year} kl. {d:%H:%M} skrev {who}:",
    "en": "On {d.day} {mon} {d.year}, at {d:%H:%M}, {who} wrote:",
    "de": "Am {d:%d.%m.%Y} um {d:%H:%M} schrieb {who}:",
}
THUNDERBIRD = {
    "da": "Den {d:%d.%m.%Y} kl. {d:%H.%M} skrev {name}:",
    "no": "Den {d:%d.%m.%Y} {d:%H:%M}, skrev {name}:",
    "sv": "Den {d:%Y-%m-%d} kl. {d:%H:%M}, skrev {name}:",
    "en": "On {d:%d/%m/%Y} {d:%H:%M}, {name} wrote:",
    "de": "Am {d:%d.%m.%y} um {d:%H:%M} schrieb {name}:",
}
YAHOO = {
    "da": "Den {day} den {d.day}. {month} {d.year} {d:%H.%M.%S} CET skrev "
          "{who}:",
    "sv": "Den {day} {d.day} {month} {d.year} {d:%H:%M:%S} CET, {who} skrev:",
    "en": "On {day}, {month} {d.day}, {d.year} at {d:%H:%M:%S} GMT+1, {who} "
          "wrote:",
    "de": "Am {day}, {d.day}. {month} {d.year} um {d:%H:%M:%S} MEZ hat {who} "
          "Folgendes geschrieben:",
}
LONG_DATE = {
    "da": "{d.day}. {month} {d.year} {d:%H:%M}",
    "no": "{day} {d.day}. {month} {d.year} {d:%H:%M}",
    "sv": "den {d.day} {month} {d.year} {d:%H:%M}",
    "en": "{day}, {month} {d.day}, {d.year} {d:%H:%M}",
    "de": "{day}, {d.day}. {month} {d.year} {d:%H:%M}",
}
DAYS = {
    "da": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "no": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "sv": "måndag tisdag onsdag torsdag fredag lördag söndag",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "pl": "pon wt śr czw pt sob niedz",
    "uk": "пн вт ср чт пт сб нд",
    "is": "mánudagur þriðjudagur miðvikudagur fimmtudagur föstudagur "
          "laugardagur sunnudagur",
}
NOVEMBER = {"nl": "november", "fr": "novembre", "es": "noviembre",
            "pl": "listopada", "uk": "листопада", "is": "nóvember",
            "en": "November", "de": "November"}
SHORT_DAYS = {"da": "man tirs ons tors fre lør søn",
              "de": "Mo Di Mi Do Fr Sa So", "nl": "ma di wo do vr za zo",
              "pl": "pon wt śr czw pt sob niedz"}

FIELDS = {  # From, Sent, To, Subject of a quoted header block
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "no": ("Fra", "Sendt", "Til", "Emne"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "en": ("From", "Sent", "To", "Subject"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "es": ("De", "Enviado", "Para", "Asunto"),
    "pl": ("Od", "Wysłane", "Do", "Temat"),
}
DATE = {"da": "Dato", "no": "Dato", "sv": "Datum", "en": "Date", "de": "Datum"}
ORIGINAL = {"da": "Oprindelig meddelelse", "no": "Opprinnelig melding",
            "sv": "Ursprungligt meddelande", "en": "Original Message",
            "de": "Ursprüngliche Nachricht"}
SAMSUNG_ORIGINAL = {"da": "Oprindelig besked", "no": "Opprinnelig melding",
                    "sv": "Originalmeddelande", "en": "Original message",
                    "de": "Ursprüngliche Nachricht"}
IPHONE = {"da": "Sendt fra min iPhone", "no": "Sendt fra min iPhone",
          "sv": "Skickat från min iPhone", "en": "Sent from my iPhone",
          "de": "Von meinem iPhone gesendet", "fr": "Envoyé de mon iPhone",
          "nl": "Verstuurd vanaf mijn iPhone"}
SAMSUNG = {"da": "Sendt fra min Galaxy", "no": "Sendt fra min Galaxy",
           "sv": "Skickat från min Galaxy", "en": "Sent from my Galaxy",
           "de": "Von meinem Galaxy gesendet"}
OUTLOOK_APP = {"da": ("Få", "Outlook til iOS"), "no": ("Skaff deg",
               "Outlook for iOS"), "sv": ("Hämta", "Outlook för iOS"),
               "en": ("Get", "Outlook for iOS"),
               "de": ("Holen Sie sich", "Outlook für iOS")}
YAHOO_APP = {"da": "Sendt fra Yahoo Mail til Android",
             "en": "Sent from Yahoo Mail on Android",
             "de": "Gesendet von Yahoo Mail auf Android",
             "sv": "Skickat från Yahoo Mail på Android"}
FORWARDED = {"da": "Start på videresendt besked:",
             "no": "Videresendt melding:",
             "sv": "Vidarebefordrat brev:", "en": "Begin forwarded message:",
             "de": "Anfang der weitergeleiteten Nachricht:"}
REPLY = {"da": ["Sv: ", "SV: ", "Re: "], "no": ["Sv: ", "SV: ", "Re: "],
         "sv": ["Sv: ", "SV: ", "Re: "], "en": ["Re: ", "RE: "],
         "de": ["AW: ", "Aw: ", "Re: "]}
FORWARD = {"da": ["VS: ", "Fwd: "], "no": ["VS: ", "Fwd: "],
           "sv": ["VB: ", "Fwd: "], "en": ["FW: ", "Fwd: "],
           "de": ["WG: ", "Fwd: "]}
NEW_SUBJECTS = {"da": ["", "Hej", "Besked til jer", "Henvendelse"],
                "no": ["", "Hei"], "sv": ["", "Hej"], "en": ["", "Hello"],
                "de": ["", "Guten Tag"]}
