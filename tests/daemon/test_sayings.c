/* SPDX-License-Identifier: ISC */
/* More of what people write, one text each: requests, and what looks like
 * one.  The newsletter is what they answer; From is no one named in them. */
#include "tests/daemon/sayings.h"

/* No more letters to me. */
static const char *const leave[] = {
    "Please remove my address from your mailing list.",
    "I would like to be taken off the list please",
    "I do not want to receive your newsletter anymore.",
    "Kindly stop sending these newsletters to me.",
    ("I'm no longer working in this field. Please unsubscribe me from the "
     "newsletter."),
    "Would you please delete my email?",
    "Please don't send me any more newsletters.",
    "You can take me off your list, I have moved to Canada.",
    "I have unsubscribed three times and I still get your mails",
    "Could I be taken off this mailing list?",
    "Please discontinue the newsletter to this address.",
    "Jag önskar avsluta prenumerationen.",
    "Var vänlig och ta bort mig från mejllistan.",
    "Jag vill inte längre ha era nyhetsbrev.",
    "Kan ni sluta skicka nyhetsbrevet till mig?",
    "Avprenumerera",
    "Snälla, ta bort mig",
    "Jag vill bli borttagen från listan",
    "Jeg ønsker ikke lenger å motta nyhetsbrevet.",
    "Kan dere ta meg av listen?",
    "Fjern meg fra listen, takk",
    "Vær så snill å slutte å sende meg e-post",
    "Jeg vil melde meg av",
    "Ich möchte keine weiteren Newsletter erhalten.",
    "Bitte entfernen Sie mich aus Ihrer Mailingliste.",
    "Hiermit kündige ich das Abonnement des Newsletters.",
    ("Hej, vil du ikke nok sørge for, at jeg ikke får jeres nyhedsbrev "
     "længere? "
     "Tak."),
    "Jeg skal ikke bruge det mere. Vil I slette mig fra listen?",
    ("Kære Tue. Jeg er flyttet til Sverige og har ikke længere glæde af "
     "nyhedsbrevet. Du må derfor gerne fjerne mig."),
    "Kan du tage mig ud af jeres maildistribution? På forhånd tak",
    "Hermed framelding af nyhedsbrev",
    "jeg vil ikk ha det nyhedsbrev mere",
    "Så er det nok. Slet mig af jeres liste og lad mig være i fred!",
    ("Jeg har nu tre gange bedt om at blive slettet. Det sker tilsyneladende "
     "ikke."),
    ("Tak for et godt samarbejde gennem årene. Jeg fratræder med udgangen af "
     "måneden, så I kan godt slette mig som modtager."),
    ("Jeg beder venligst om at blive fjernet fra jeres database over modtagere "
     "af nyhedsbrevet"),
    "Undertegnede ønsker ikke længere at stå på jeres mailliste.",
    ("Nyhedsbrevet har ikke længere min interesse, så jeg vil gerne afmelde "
     "det."),
    "Vil gerne af listen",
    "Af listen tak!",
    "Vær venlig at stoppe fremsendelsen af nyhedsbreve til denne adresse.",
    "Fjern min mailadresse fra jeres system. Mvh Lars",
    "Hvordan i alverden er jeg havnet på jeres liste? Fjern mig straks.",
    "Det er ikke noget for mig. Afmeld mig venligst. Hilsen Bodil",
    "afmeld mig fra nyhesbrevt",
    ("Jeg har forsøgt at framelde mig via linket, men det virker ikke. Vil I "
     "gøre det for mig?"),
    "Jeg har trykket på frameld flere gange, men får stadig jeres nyhedsbrev.",
    "Hvorfor får jeg stadig nyhedsbrevet, når jeg har frameldt mig?",
    ("Kære alle, jeg er gået på pension, og derfor må I gerne stryge mig af "
     "listen. Det har været en fornøjelse."),
    "Jeg ønsker at opsige nyhedsbrevet.",
    "Vil I være søde at stoppe med at sende mig mails",
    ("Pga. for mange mails i min indbakke vil jeg gerne afmeldes jeres "
     "nyhedsbrev."),
    "jeg gider ikke modtage jeres lorte mails",
    "Stop nu med de mails!",
    "Jeg vil hermed trække mit samtykke til at modtage nyhedsbreve tilbage.",
    "Kan du fjerne mig? Jeg arbejder ikke med området mere.",
    "Tak, men jeg ønsker ikke at være på jeres mailingliste.",
    "Jeg frabeder mig at modtage flere nyhedsbreve fra jer.",
    "Nyhedsbrevet må gerne ophøre til mig, tak.",
    ("Hej Tue, tak for sidst. Husk lige at tage mig af nyhedsbrevslisten som "
     "vi "
     "talte om. Vi ses!"),
    "Send mig ikke mere",
    "Vil du slette mit abonnement?",
    "Undskyld ulejligheden, men må jeg blive taget af listen?",
    ("Jeg vil godt bede om at blive slettet fra listen over modtagere af "
     "nyhedsbrevet"),
    "Du kan roligt slette mig fra listen - jeg når aldrig at læse det.",
    "Kan I ikke lade være med at sende mig de her nyhedsbreve?",
    ("Jeg kan se, at jeg stadig får nyhedsbrevet. Jeg blev ellers lovet at "
     "blive slettet i sidste måned."),
    "Please fjern mig fra nyhedsbrevet",
    "Afmeld mig nyhedsbrev tak. mvh. Kurt",
    "HEJ JEG VIL GERNE FRAMELDE MIG MVH OLE",
    "vil i melde mig fra nyhedsbrevet",
    "meld mig fra det her",
    "Nej tak til nyhedsbrev fremover",
    ("Hej med dig. Jeg tror I har fået fat i den forkerte, for jeg har aldrig "
     "skrevet mig op. Slet mig venligst."),
    "Det her får jeg alt for tit. Kan det ikke stoppes? Jeg vil ikke have det.",
    ("Vi har lukket vores kontor og ønsker ikke længere nyhedsbrevet. Venlig "
     "hilsen Aage"),
    "Jeg skifter job på fredag og skal ikke have nyhedsbrevet længere.",
    "jeg øsnker at blive framelt jeres nyhedsbrev",
    "Kunne I være så venlige at tage vores adresse ud af jeres mailliste?",
    "Ønsker at udgå som modtager af jeres nyhedsbrev. Venlig hilsen",
    "Unsubscribe mig",
    ("Jeg har skrevet det før og skriver det igen: jeg vil ikke have jeres "
     "nyhedsbreve"),
    "Please take my name off your newsletter list.",
    "Kindly delete me from your database.",
    "I have asked to be removed twice already. Please do it now.",
    "Could you please unsubscribe me?",
    "Hi, I do not work there any more, so please remove me. Thanks!",
    "Can I be removed from this newsletter please",
    "I never asked for this. Remove my email address from your list.",
    "I'd like to opt out of your newsletter",
    "Not interested. Please unsubscribe.",
    "Please stop emailing me!!!",
    "We no longer need your newsletter, thank you.",
    "unsubscribe me from all lists",
    "Get me off this list",
    "Jag vill avsluta min prenumeration på nyhetsbrevet.",
    "Vänligen ta bort mig från er lista.",
    "Sluta skicka mejl till mig",
    "Kan ni vara snälla och ta bort mig från utskicken?",
    "Jag önskar inte längre få ert nyhetsbrev",
    "Avregistrera mig tack",
    "Jag har bytt jobb och behöver inte nyhetsbrevet längre.",
    "Vill inte ha fler mejl från er",
    "Kan dere fjerne meg fra e-postlisten?",
    "Jeg ønsker å melde meg av nyhetsbrevet.",
    "Vennligst slett meg fra mottakerlisten",
    "Slutt å sende meg nyhetsbrev",
    "Vil ikke ha flere eposter fra dere",
    "Hei, jeg har sluttet i jobben og trenger ikke nyhetsbrevet lenger.",
    "Kan du stoppe nyhetsbrevet til meg?",
    "Bitte streichen Sie mich von der Liste.",
    "Ich möchte den Newsletter nicht mehr erhalten.",
    "Bitte melden Sie mich vom Newsletter ab.",
    "Ich bitte um Löschung meiner Adresse aus Ihrem Verteiler.",
    "Newsletter abbestellen",
    "Por favor, denme de baja de su boletín.",
    "Merci de me désabonner",
    "Ne m'envoyez plus vos mails svp",
    "Gelieve mij uit te schrijven",
    "Proszę o wypisanie mnie z newslettera",
    ("Jeg synes ikke, jeg får noget ud af det, så jeg vil gerne melde mig fra "
     "igen."),
    "I har vist glemt, at jeg bad jer fjerne mig. Det gør jeg så igen.",
    "Slet mig venligst - jeg har ikke bedt om dette.",
    "Kan jeg ikke blive fri for det nyhedsbrev?",
    "Jeg vil meget gerne have stoppet det her nyhedsbrev",
    "Vil I venligst sørge for at vores firma bliver slettet fra listen?",
    "Meget ked af at sige farvel, men jeg må af listen.",
    "Må jeg bede jer om ikke at sende mere til denne mail?",
    "Fjern os",
    "Drop mig fra listen",
    "Stop spam",
    ("Vi modtager gerne nyhedsbrevet ét sted i huset, nemlig hos Karen. I kan "
     "derfor slette mig."),
    ("Det var hyggeligt at møde jer på Folkemødet. Men nyhedsbrevet er ikke "
     "noget for mig, så I må godt fjerne mig igen."),
    ("Jeg er desværre blevet syg og kan ikke overskue mails. Slet mig venligst "
     "fra jeres liste."),
    "afmelding af nyhedsbrevet venligst",
    "Ikke mere nyhedsbrev til mig, tak",
    "Jeg er ikke den rette modtager af dette. Fjern mig venligst.",
    "Jeg vil ikke have jeres nyhedsbrev",
    "Jeg gider ikke jeres nyhedsbrev",
    "Afmeld. Tak.",
    ("Hej. Jeg er blevet folkepensionist og skal ud at rejse. Derfor siger jeg "
     "farvel og tak og beder om at blive slettet."),
    "Må jeg blive slettet? Hilsen en glad pensionist",
    "Jeg skriver for at melde mig fra nyhedsbrevet.",
    "Hermed beder jeg jer slette min adresse fra maillisten.",
    "Hvordan kan det være, at jeg stadig får jeres mails, når jeg er afmeldt?",
    "jeg vil ikke have de mails",
    "Jeg har sagt det før: ingen flere nyhedsbreve!",
    "Kan I venligst slette min mail, da jeg ikke længere er ansat i kommunen?",
    ("Jeg bliver nødt til at skære ned på mails. Nyhedsbrevet er et af dem, "
     "jeg "
     "vil undvære."),
    "Tak for denne gang - jeg framelder mig.",
    "Hermed afmeldes nyhedsbrevet.",
    "Jeg kan ikke finde ud af at afmelde mig. Vil I hjælpe mig?",
    "Vores forening er nedlagt, så nyhedsbrevet skal ikke sendes hertil mere.",
    "Jeg er nu på efterløn og skal ikke have nyhedsbrevet længere, tak.",
    "Slet mig nu!!!",
    "Hej. Jeg har fået nyt arbejde og vil derfor gerne slettes som modtager.",
    "Hvis I vil være så venlige, så slet mig fra listen.",
    "Hvis det kan lade sig gøre, vil jeg gerne framelde mig.",
    ("Jeg har læst jeres nyhedsbrev i mange år, men nu er det slut. Fjern mig "
     "fra listen."),
    "Kan I finde ud af at slette mig? Tredje gang!",
    "Må jeg bede om at blive taget af listen",
    "Jeg vil IKKE have jeres nyhedsbrev!!!",
    "Undgå venligst at sende mig nyhedsbreve.",
    "Kære Rummelig imidt. Jeg takker nej til nyhedsbrevet fremover. Kh Lis",
    ("Vi er ikke længere en del af projektet. Vær venlig at slette os fra "
     "mailinglisten."),
    "Jeg vil bare gerne af med det nyhedsbrev",
    "Fjern venligst denne mailadresse fra jeres maillist",
    "Jeg vil gerne have, at I sletter mig fra jeres liste.",
    "Jeg vil ikke have, at I sender mig nyhedsbreve.",
    "Nu har jeg fået nok. Afmeld mig.",
    "Jeg vil gerne melde mig ud af nyhedsbrevet",
    "Ønsker ikke nyhedsbrev",
    "Bedes slettet af jeres mailliste",
    "Har ikke længere brug for jeres nyhedsbrev. Slet mig venligst.",
    "jeg kan ik læse alle de mails så i må gerne slette mig mvh per",
    "Vær venlig og tag mig af jeres liste",
    "Sæt mig venligst af listen",
    "Kan I venligst undlade at sende mig flere nyhedsbreve?",
    ("Jeg har ikke tid til at læse jeres nyhedsbrev, så jeg vil gerne afmelde "
     "mig."),
    "Tak, men nej tak til flere nyhedsbreve.",
    "Vil gerne slettes fra jeres nyhedsbreve",
    "Er du sød at fjerne mig fra nyhedsbrevet?",
};

/* For a person to read: nothing about the list, or a wish to stay. */
static const char *const nothing[] = {
    "I'd like to remove some of the stigma. Good article!",
    "Please take me up on my offer to visit us.",
    "We do not want to receive paper copies.",
    "Can you drop by on Tuesday?",
    "I don't want to miss any newsletter!",
    "Please delete my previous message, I found the answer.",
    "Jag vill inte vara med på bilden.",
    "Kan ni sluta använda ordet utanförskap?",
    "Jeg vil ikke være på møtet i morgen.",
    "Ich kann leider nicht teilnehmen.",
    "Bitte schicken Sie mir keine Rechnung mehr per Post.",
    "Jag har inte fått nyhetsbrevet i mars.",
    "I have not received your newsletter since May. Was I removed?",
    "Vil I slette mig fra tilmeldingen til konferencen?",
    "Vil I fjerne mit telefonnummer fra hjemmesiden?",
    ("Jeg er ikke længere kontaktperson for projektet, det er Lone. Vil du "
     "rette det på hjemmesiden?"),
    ("Vi vil ikke have flere borgere i praktik lige nu, så send ikke flere til "
     "os."),
    "Jeg ønsker ikke at modtage fakturaen på mail, send den som e-faktura.",
    "Tag mig med på råd næste gang!",
    "Hold da op, hvor er det flot.",
    ("Vi har afmeldt vores avis for at spare, men jeres nyhedsbrev læser vi "
     "stadig."),
    "Min mor har altid afmeldt alting, men hun læser jeres nyhedsbrev.",
    ("Det skal ikke være sådan, at man bliver slettet, bare fordi man ikke "
     "svarer."),
    "Er jeg stadig på listen? Jeg har ikke fået noget siden sommer.",
    "Jeg vil gerne have jeres bog, men ikke på mail.",
    "Vil I stoppe med at kalde os udsatte? Vi er mennesker.",
    "Kan du sende mig nyhedsbrevet fra marts? Jeg kom til at slette det.",
    "Jeg kom til at slette jeres sidste nyhedsbrev. Kan du sende det igen?",
    "Der er en fejl i nyhedsbrevet: linket til artiklen virker ikke.",
    "Vi skal have slettet to stole fra bestillingen.",
    "I må ikke stoppe med at sende nyhedsbrevet, vi hænger det op i kantinen.",
    "Jeg har sagt op. Min efterfølger hedder Karen.",
    "Kan I tage mig af venteliste til kurset?",
    "Jeg ønsker ikke at medvirke i videoen mere.",
    "Slet venligst mit cpr-nummer i den fil, jeg sendte.",
    "Fjern venligst mig fra cc på den tråd",
    "Vi opsiger hermed lejemålet pr. 1. marts.",
    "Jeg vil ikke have, at I skriver mit navn i artiklen.",
    ("Vi stopper projektet til sommer, men jeg følger gerne med i jeres "
     "arbejde."),
    "Du skal ikke sende det til mig, men til Bente i økonomi.",
    ("Jeg har ikke modtaget nyhedsbrevet i denne måned. Kan I se, om noget er "
     "gået galt?"),
    "Får jeg ikke nyhedsbrevet mere?",
    "Hvor bliver nyhedsbrevet af? Jeg har ikke afmeldt mig.",
    "Borgeren ønsker ikke at modtage breve fra jobcentret. Hvad gør vi?",
    "Borgeren vil gerne slettes fra jeres forløb.",
    "Vi fjerner jer fra vores leverandørliste, da kontrakten er udløbet.",
    "Nu stopper jeg for i dag. God weekend!",
    "Could you remove the typo in the headline?",
    "Please don't take me off the list, I enjoy it.",
    "Can you stop by our office on Friday?",
    "I will be unable to attend, please remove me from the guest list.",
    "Unsubscribing from life, haha. Great read though.",
    "Jag kan tyvärr inte komma på onsdag, stryk mig från listan.",
    "Kan ni ta bort bilden på vår hemsida?",
    "Jag vill inte missa nyhetsbrevet, har ni min rätta adress?",
    "Jeg må melde avbud til møtet.",
    "Kan dere fjerne bildet av meg på side 3?",
    "Jeg vil ikke gå glipp av nyhetsbrevet",
    ("Ich kann am Freitag leider nicht kommen, bitte streichen Sie mich von "
     "der "
     "Teilnehmerliste."),
    "Bitte löschen Sie das Foto von mir.",
    "Danke, aber ich möchte den Newsletter weiterhin bekommen.",
    "Don't worry, I won't unsubscribe!",
    "I almost unsubscribed, but then I read the last article. Wonderful.",
    "Why did so many people unsubscribe last month?",
    "I got your newsletter by mistake? I'm not sure who you are.",
    "We want to stop long-term unemployment, too.",
    "Can you take me through the numbers on the phone?",
    ("Hej Tue. Vi har i dag holdt møde i netværket, og der var stemning for at "
     "stoppe med at sende referater til alle. Mvh Jens"),
    ("Jeg skriver på vegne af vores afdeling: kan vi få lov at bruge jeres "
     "billeder i vores eget nyhedsbrev?"),
    ("Vores borger vil ikke have flere breve fra kommunen, og vi ved ikke, "
     "hvad "
     "vi skal stille op. Har I erfaringer?"),
    ("I jeres nyhedsbrev skriver I, at man skal holde op med at sende folk i "
     "aktivering. Helt enig!"),
    ("Jeg har læst nyhedsbrevet, og jeg vil ikke have, at det står til at "
     "læse, "
     "at jeg er syg."),
    "Vil I ikke nok tage mig med til næste møde?",
    ("Vi må desværre trække os fra samarbejdet. Det har ikke noget med "
     "nyhedsbrevet at gøre."),
    ("Hvem kan slette en modtager på listen? Jeg spørger, fordi jeg selv skal "
     "lave et nyhedsbrev."),
    ("Tak for nyhedsbrevet. Jeg kan ikke åbne det vedhæftede. Vil du sende det "
     "igen?"),
    "Slet bare min sidste mail, jeg fandt svaret selv.",
    "Kan du tage mig af gruppen på Facebook?",
    "Vi afmelder hermed vores stand på messen.",
    "Jeg ønsker ikke at deltage i undersøgelsen, men læser gerne nyhedsbrevet.",
    ("Det er altså ikke rigtigt, at jeg vil slettes. Det må være en anden "
     "Hansen."),
    "Stop ikke med det gode arbejde.",
    "Ikke flere møder i denne uge, tak! Jeg vender tilbage mandag.",
    "Vi vil gerne have flere nyhedsbreve og ikke færre.",
    "Kan du slette Hans Jensens oplæg fra programmet?",
    "Jeg vil ikke længere være med i styregruppen.",
    "Hermed afmelding til generalforsamlingen.",
    "Kan vi slippe for at skulle logge ind hver gang?",
    "Jeg vil gerne slippe for at stå på billedet.",
    "Jeg ønsker ikke mit navn i nyhedsbrevet.",
    "Send ikke pakken til mig, jeg er flyttet.",
    "Jeg modtager ikke længere løn fra jer. Hvad er der sket?",
    "Du skal ikke sende mig flere penge, jeg har betalt.",
    "Nyhedsbrevet ligner en annonce. Det vil jeg ikke have siddende på mig.",
    ("Vores medlemmer vil ikke have nyhedsbrevet på mail, de vil have det med "
     "posten."),
    "Beboerne gider ikke læse nyhedsbrevet, så vi læser det højt.",
    ("Folk vil ikke have flere nyhedsbreve, de vil have handling. Godt I "
     "leverer begge dele."),
    "Skriv ikke mere om det emne, tak. Det er udtømt.",
    "I må ikke sende min adresse videre.",
    "Jeg har frameldt mig kurset og får stadig indkaldelser.",
    "Jeg meldte mig ud af fagforeningen, men får stadig deres blad.",
    "Jeg ville ønske, at I ikke sendte nyhedsbrevet ud om fredagen.",
    "Hej Tue, kan du stoppe for kaffen til mødet? Vi er kun fem.",
    ("Vi vil ikke være med i forsøget alligevel, så I må gerne tage os ud af "
     "planen."),
    "Jeg ønsker ikke at modtage ansøgninger på mail. Send dem med post.",
    "Jeg gider ikke høre mere om den sag.",
    "Kan du sende mig listen over dem, der har afmeldt sig?",
    "Der er sket en fejl. Jeg fik nyhedsbrevet to gange.",
    "Tak fordi du tog mig af sagen.",
    "Vil du tage dig af det? Jeg er væk til fredag.",
    "Jeg har bedt Søren tage sig af listen med deltagere.",
    "Kan vi komme af med de gamle stole?",
    "Vil du slette mig på Teams og invitere mig igen?",
    ("Vores it-afdeling blokerer jeres nyhedsbrev. Kan I sende fra en anden "
     "adresse?"),
    "Det er trist, at I stopper nyhedsbrevet. Jeg har læst det i ti år.",
    "Skal jeg melde mig fra, hvis jeg ikke kan komme?",
    "Er der plads til en mere? Ellers melder jeg mig fra.",
    "Jeg melder mig under fanerne igen!",
    "Meld mig til kurset, og meld Jens fra.",
    "Jeg skal have slettet en gammel ansøgning i jeres system.",
    "Jeg vil ikke have flere udgifter på projektet, før budgettet er på plads.",
    "Jeg har fjernet jer fra listen over samarbejdspartnere, som aftalt.",
    "I bedes fjerne containeren senest mandag.",
    "Kære nyhedsbrev, tak fordi I ikke er holdt op.",
    "Kan I ikke skrive mere om Djursland?",
    "Jeg vil gerne slippe for de lange artikler. Korte noter er nok.",
};

/* A person decides. */
static const char *const doubt[] = {
    "Kan man sætte nyhedsbrevet i bero?",
    "Måske skulle I slette mig.",
    "Slet mig fra nyhedsbrevet fra 1. januar.",
    "Når jeg går på pension til sommer, må I slette mig.",
    "Kan jeg nøjes med at få invitationerne og slippe for nyhedsbrevet?",
    "Er det muligt at afmelde sig?",
    "Nej.",
    "Hvordan stopper jeg det her?",
    "Vil gerne afmeldes nyhedsbrevet, men kun i min orlov.",
    "If you can't send it in English, please remove me.",
    "Take me off the list until September.",
    "I might want to unsubscribe.",
    "Slet mig eller skriv på norsk.",
};

/* No more letters to someone else. */
static const char *const other[] = {
    "Please remove my colleague from the list, she retired.",
    "Kan ni ta bort min chef från listan?",
    "Vil I slette min kollega Hanne fra nyhedsbrevet? Hun er gået på pension.",
    "Min far er død. Vil I slette ham fra listen?",
    "Jens Peter er stoppet hos os. Fjern ham venligst fra listen.",
    "Send venligst ikke mere til hende, hun er på plejehjem.",
    "Afmeld venligst bente@firma.example",
    ("Vores tidligere direktør modtager stadig jeres nyhedsbrev. Kan I slette "
     "hans adresse?"),
    "Adressen lager@firma.example er nedlagt. Slet den venligst.",
    "Kan du tage vores elev af listen? Han er udlært.",
    "Please unsubscribe jane@firma.example",
    "My husband passed away in May. Please stop sending him the newsletter.",
    "Min kollega har slutat. Kan ni ta bort henne från listan?",
    "Kan dere slette min kollega fra listen? Han har sluttet.",
    "Slet Anders And fra listen, han er fratrådt.",
    "Tag kommunens hovedpostkasse af listen, der er ingen, der læser den.",
    ("Hanne Vig, som tidligere havde denne mail, er ikke ansat mere. Slet "
     "hende "
     "fra listen."),
    ("Vores fælles postkasse kontor@firma.example skal ikke have nyhedsbrevet "
     "mere."),
};

/* Letters to me. */
static const char *const join[] = {
    "Hej, jeg vil gerne tilmelde mig jeres nyhedsbrev",
    "Sæt mig gerne på listen",
    "Kan jeg få jeres nyhedsbrev tilsendt?",
    "Jeg kom til at framelde mig ved en fejl. Kan I sætte mig på igen?",
    "Må jeg komme på maillisten?",
    "Please add me to your list",
    "Can I subscribe to your newsletter?",
    "Kan jeg få nyhetsbrevet deres?",
    "Ich möchte mich für den Newsletter anmelden",
    "Kan jeg komme på jeres nyhedsbrev igen?",
    "Jeg fortryder min framelding. Må jeg få det igen?",
};

/* Whatever it is taken for, nobody may be taken off. */
static const char *const never[] = {
    "Jeg kan desværre ikke deltage på torsdag. Meld mig fra.",
    "Kan I slette den kommentar, jeg skrev i går?",
    "Send mig ikke flere ansøgninger før efter sommerferien.",
    "Afmeld venligst min bil fra p-pladsen i morgen.",
    "Hvis jeg får et nyhedsbrev mere, melder jeg mig ud.",
    "Jeg vil gerne kun have nyhedsbrevet to gange om året.",
    "Det er ikke lige mig.",
    "Please remove my former colleague John Smith, he has left the company.",
    ("Bitte nehmen Sie meine Kollegin aus dem Verteiler, sie arbeitet nicht "
     "mehr hier."),
    "Thanks, but no thanks.",
    "Jag vill gärna ha ert nyhetsbrev",
    "Må jeg gerne slette den mail, I sendte i går?",
    "Hvis nogen vil af listen, hvem skal de så skrive til?",
    ("Jeg har ikke modtaget jeres nyhedsbrev siden marts. Er jeg blevet "
     "slettet "
     "ved en fejl?"),
    "Fjern mig venligst som oplægsholder den 4. maj, jeg er blevet forhindret.",
    ("Min chef siger, at jeg skal afmelde alle nyhedsbreve. Jeres gør jeg en "
     "undtagelse for!"),
    "Jeg overvejede at afmelde mig, men så kom artiklen om Odder. Bliv ved!",
    "I skal stoppe med at bruge min historie i nyhedsbrevet uden at spørge.",
    "Jeg vil ikke have mit billede i jeres nyhedsbrev mere.",
    "Kan I lade være med at skrive mit efternavn i nyhedsbrevet?",
    "Jeg vil ikke modtage nyhedsbrevet på engelsk.",
    "Du må meget gerne slette vedhæftningen, den var forkert.",
    "Jeg har fået nok, men bliver lidt endnu.",
    "Vil I slette alt om mig?",
    "Karin og Bo skal ikke have nyhedsbrevet mere.",
    "Min kone og jeg får det begge to. Slet hende.",
    "Personen bag denne adresse er afgået ved døden. Venligst slet.",
    "Fjern endelig ikke rubrikken med vittigheder fra nyhedsbrevet!",
    "I skal ikke sende nyhedsbrevet som vedhæftet fil, men som link.",
    "Hvad gør jeg, hvis jeg en dag vil afmelde mig?",
    "Jeg savner en artikel om, hvordan man stopper et dårligt forløb.",
    "Nyhedsbrevet ryger i spam hos os. Hvordan undgår vi det?",
    ("Jeg tror ikke, jeg skal have det mere, men spørg mig lige igen til "
     "foråret."),
    "Skal jeg ikke bare slettes?",
    "Hvad nu hvis jeg ikke vil have det her?",
    ("Min bror er død, og I sender stadig nyhedsbrev til ham. Vil I holde op "
     "med det?"),
    "Vil I tage Birgit af? Hun læser det ikke.",
};

static void
requests_are_heard(void **state)
{
    (void)state;
    assert_int_equal(WRONG(leave, BIT(INTENT_LEAVE)), 0);
}

static void
other_mail_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(WRONG(nothing, BIT(INTENT_NONE) | BIT(INTENT_STAY)), 0);
}

static void
doubt_goes_to_a_person(void **state)
{
    (void)state;
    assert_int_equal(WRONG(doubt, BIT(INTENT_UNSURE)), 0);
}

static void
others_are_not_the_writer(void **state)
{
    (void)state;
    assert_int_equal(WRONG(other, BIT(INTENT_LEAVE_OTHER)), 0);
}

static void
subscriptions_are_heard(void **state)
{
    (void)state;
    assert_int_equal(WRONG(join, BIT(INTENT_JOIN)), 0);
}

static void
nobody_is_taken_off_in_doubt(void **state)
{
    (void)state;
    assert_int_equal(WRONG(never, ~BIT(INTENT_LEAVE)), 0);
}

/* How words sound: the right ones are found, like ones are not. */
static void
misspelt_words_are_understood(void **state)
{
    static const char *const right[] = {"Jeg vil gerne afmelles nyhesbrevet",
        "vil gerne frammeldes", "ønsker ikke at mottage nyhedsbræv mere",
        "jeg ynsker ikke længere at motage jeres nyhdesbrev", "afmæl mig"};
    static const char *const like[] = {"Anmeld mig til politiet",
        "Vores afdeling er flyttet.", "Jeg er montage mand"};

    (void)state;
    assert_int_equal(WRONG(right, BIT(INTENT_LEAVE)), 0);
    assert_int_equal(WRONG(like, BIT(INTENT_NONE)), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_heard),
        cmocka_unit_test(other_mail_is_left_alone),
        cmocka_unit_test(doubt_goes_to_a_person),
        cmocka_unit_test(others_are_not_the_writer),
        cmocka_unit_test(subscriptions_are_heard),
        cmocka_unit_test(nobody_is_taken_off_in_doubt),
        cmocka_unit_test(misspelt_words_are_understood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
