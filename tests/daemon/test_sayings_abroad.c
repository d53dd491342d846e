/* SPDX-License-Identifier: ISC */
/* What people write in other languages than Danish, one text each: requests,
 * and what looks like one.  The newsletter is what they answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/intent.h"

/* No more letters to me. */
static const char *const leave[] = {
    "Please cease all further mailings to this address.",
    "Could you sign me off the newsletter?",
    "Please opt me out.",
    "I'd prefer not to hear from you again.",
    "I want out of this list.",
    "Kindly strike my name from your mailing list.",
    "Would it be possible to stop receiving this?",
    "I have no use for this newsletter, so please take me off.",
    "I wish to withdraw my subscription.",
    "Please do not email me again.",
    "Don't send me this any longer.",
    "No further emails, please.",
    "How many times do I have to unsubscribe?",
    "I keep getting your newsletter even though I unsubscribed in May.",
    "I unsubscribed twice and it is still coming.",
    "Why am I still getting this? I opted out months ago.",
    "Get rid of my address please.",
    "That's enough. Remove me.",
    "We don't wish to be on your mailing list any longer.",
    "Please exclude me from future mailings.",
    "Can you take us off your distribution list, thanks",
    "Kindly drop me from future newsletters.",
    "I am no longer interested in your newsletter.",
    "Not interested in your newsletter, please stop.",
    "You may delete my address, I have retired.",
    "Please let me off this mailing list.",
    "I do not need your emails.",
    "I don't want your newsletter.",
    "Please see that I receive no more of these mails.",
    "Never write to me again.",
    "I'd be grateful if you would remove my details from your system.",
    "Please make sure I don't get any more of your emails.",
    "We would like to discontinue our subscription.",
    "please unsubcribe",
    "I want to quit the newsletter.",
    "Spare me your newsletters.",
    "Withdraw my consent to receive newsletters.",
    "I've written to you before about this. Please remove my email address.",
    "Vennligst ta meg bort fra e-postlisten deres.",
    "Slett adressen min.",
    "Jeg vil slippe å få nyhetsbrevet.",
    "Jeg orker ikke flere nyhetsbrev.",
    "Nå er det nok. Fjern meg!",
    "Kan dere slutte med å sende meg e-post?",
    "Jeg trenger ikke nyhetsbrevet deres.",
    "Vi ønsker ikke å stå på listen deres.",
    "Kan dere avmelde meg?",
    "Jeg vil avslutte abonnementet på nyhetsbrevet.",
    "Avmeldes, takk",
    "Takk for meg, men nå vil jeg meldes av nyhetsbrevet.",
    "Ber om å bli slettet fra listen.",
    "Jeg har meldt meg av tre ganger og får det fortsatt.",
    "Har avmeldt meg tidligere, men får stadig nyhetsbrevet. Hvorfor?",
    "Ikke send meg flere e-poster.",
    "Dropp meg fra listen, er du grei.",
    "Eg vil ikkje ha nyheitsbrevet lenger.",
    "Ta meg av lista, er du snill.",
    "Eg ønskjer å melde meg av.",
    "Jeg ber om at dere fjerner meg fra mottakerlisten.",
    "Uønsket. Stryk meg fra nyhetsbrevet.",
    "Kan jeg bli tatt av listen?",
    "Jeg vil ikke ha e-post fra dere.",
    "Hej, jag vill säga upp nyhetsbrevet.",
    "Var vänliga och avprenumerera mig.",
    "Vill avsluta.. ta bort min mejladress från er lista",
    "Jag vill slippa era mejl.",
    "Kan jag få bli struken från listan?",
    "Stryk mig ur ert register.",
    "Ni kan ta bort mig ur utskickslistan.",
    "Jag undanber mig fortsatta nyhetsbrev.",
    "Jag tackar nej till fler utskick.",
    "Nej tack till nyhetsbrevet.",
    "Skicka inte mer till mig.",
    "Skicka inga fler nyhetsbrev till mig.",
    "Snälla sluta mejla mig.",
    "Jag behöver inte längre ert nyhetsbrev.",
    "Jag är inte längre intresserad av nyhetsbrevet.",
    "Jag önskar inte ta emot fler utskick från er.",
    "Vänligen radera min e-postadress.",
    "Har avregistrerat mig tre gånger men får fortfarande era mejl.",
    "Jag har avprenumererat flera gånger, ändå kommer det nya.",
    "Avregistrering av nyhetsbrev, tack.",
    "Jag vill att ni tar bort mig från sändlistan.",
    "Nu räcker det, ta bort mig!",
    "Jag ber er ta bort mig från listan.",
    "Tag bort oss från ert nyhetsbrev.",
    "Jag vill inte stå kvar på er lista.",
    "Bitte tragen Sie mich aus.",
    "Ich möchte mich austragen.",
    "Bitte tragen Sie mich aus dem Verteiler aus.",
    "Ich möchte Ihren Newsletter abbestellen.",
    "Ich will diesen Newsletter nicht.",
    "Ich habe kein Interesse an Ihrem Newsletter, bitte streichen Sie mich.",
    "Kein Newsletter mehr bitte!",
    "Bitte keine E-Mails mehr.",
    "Bitte schicken Sie mir nichts mehr.",
    "Hören Sie bitte auf, mir Newsletter zu schicken.",
    "Stoppen Sie bitte den Newsletter.",
    "Bitte stellen Sie die Zusendung ein.",
    "Ich verzichte auf weitere Newsletter.",
    "Ich habe mich bereits dreimal abgemeldet und bekomme immer noch Ihre "
    "Mails.",
    "Löschen Sie bitte meine E-Mail-Adresse.",
    "Bitte melden Sie mich ab.",
    "Ich möchte nicht mehr angeschrieben werden.",
    "Ich wünsche keine weiteren Zusendungen.",
    "Ich bitte um Abmeldung.",
    "Abmeldung vom Newsletter",
    "Könnten Sie meine Adresse bitte aus dem Verteiler löschen?",
    "Hiermit widerrufe ich meine Einwilligung zum Newsletter.",
    "Bitte nehmt mich vom Verteiler.",
    "Ich möchte von der Liste gestrichen werden.",
    "Graag wil ik me uitschrijven voor de nieuwsbrief.",
    "Ik wil deze nieuwsbrief niet meer ontvangen.",
    "Kunt u mij uitschrijven?",
    "Verwijder mij van de mailinglijst a.u.b.",
    "Uitschrijven",
    "Je souhaite me désabonner de votre newsletter.",
    "Veuillez me désinscrire, merci.",
    "Je ne veux plus recevoir vos mails.",
    "Merci de me retirer de votre liste de diffusion.",
    "Désabonnez-moi",
    "Quiero darme de baja.",
    "Ya no quiero recibir este boletín.",
    "Por favor, elimínenme de la lista.",
    "Darme de baja",
    "Vorrei cancellarmi dalla newsletter.",
    "Non voglio più ricevere la vostra newsletter.",
    "Cancellatemi dalla lista per favore.",
    "Não quero mais receber este boletim.",
    "Por favor, remova-me da lista.",
    "Quero cancelar a subscrição.",
    "Proszę wypisać mnie z listy.",
    "Nie chcę otrzymywać newslettera.",
    "Proszę usunąć mój adres z listy mailingowej.",
    "Poistakaa minut postituslistalta.",
    "En halua enää uutiskirjettä.",
    "Haluan perua uutiskirjeen tilauksen.",
    "Vinsamlega takið mig af póstlistanum.",
    "Ég vil ekki fá þennan póst lengur.",
    "Takið meg av listanum.",
    "Strika meg av tíðindabrævinum.",
    "Eg vil ikki fáa fleiri tíðindabrøv.",
    "Прошу відписати мене від розсилки.",
    "Я не хочу отримувати ці листи.",
    "Пожалуйста, удалите меня из рассылки.",
    "Я больше не хочу получать вашу рассылку.",
    "Отпишите меня",
    "Vidpyshit mene vid rozsylky",
    "ارجو الغاء الاشتراك",
    "الغاء الاشتراك",
    "أريد إلغاء الاشتراك من النشرة",
    "لا أريد استلام هذه الرسائل",
    "Lütfen beni listeden çıkarın.",
    "Aboneliğimi iptal etmek istiyorum.",
    "Artık bu e-postaları almak istemiyorum.",
    "Prašau išbraukti mane iš sąrašo.",
    "Atsisakyti prenumeratos",
    "Lūdzu, izņemiet mani no saraksta.",
    "Palun eemaldage mind listist.",
    "Vă rog să mă dezabonați.",
    "Nu mai doresc să primesc acest newsletter.",
    "Waan ka bixi rabaa liiska.",
    "Fadlan iga saar liiska.",
    "Tôi muốn hủy đăng ký.",
    "Vui lòng xóa tôi khỏi danh sách.",
    "Kindly take us off your mailing list - the office is closing.",
    "I'd appreciate being removed from your list.",
    "Could somebody please unsubscribe this address?",
    "I get too many emails. Please take my name off.",
    "Would you kindly stop the newsletter?",
    "I don't read Danish. Please don't send any more.",
    "My circumstances have changed and I no longer require your newsletter.",
    "Stop mailing me.",
    "STOP",
    "Please end my subscription.",
    "I would rather be taken off the list.",
    "I wish to unsubscribe",
    "Please remove this email from your list.",
    "I asked you in June to remove me. Nothing happened.",
    "Please do not send me your newsletter again.",
    "Hei, kan dere fjerne adressen min fra nyhetsbrevet?",
    "Vil avbestille nyhetsbrevet.",
    "Jeg ønsker ikke flere e-poster fra dere.",
    "Ber dere slette meg fra registeret.",
    "Ønsker å bli fjernet fra e-postlista",
    "Jeg har byttet jobb og vil gjerne meldes av.",
    "Kan du være så snill å ta meg av mailinglisten?",
    "Jeg får altfor mye e-post, så stryk meg fra listen.",
    "Nyhetsbrevet er ikke lenger aktuelt for meg. Meld meg av.",
    "Jeg abonnerer ikke på dette. Fjern meg.",
    "Hej! Kan ni ta bort mig från maillistan?",
    "Jag har gått i pension och vill inte längre ha utskicken.",
    "Avsluta mitt abonnemang",
    "Var god ta bort min adress från listan.",
    "Jag vill inte ha några fler mail från er.",
    "Kan ni sluta mejla mig?",
    "Jag skulle vilja avsluta prenumerationen.",
    "Vänligen avsluta prenumerationen på nyhetsbrevet.",
    "Jag vill gärna bli borttagen ur registret.",
    "Jag har inte bett om detta. Ta bort mig.",
    "Avprenumerera mig från nyhetsbrevet, tack på förhand",
    "Stoppa nyhetsbrevet till mig tack.",
    "Skicka inget mer tack",
    "Guten Tag, bitte nehmen Sie mich von der Mailingliste. Danke!",
    "Ich möchte nicht länger auf Ihrer Liste stehen.",
    "Bitte senden Sie mir künftig keine Newsletter mehr.",
    "Newsletter bitte abbestellen.",
    "Ich bin umgezogen und benötige den Newsletter nicht mehr.",
    "Bitte löschen Sie mich aus Ihrer Datenbank.",
    "Nehmen Sie mich bitte aus dem Verteiler.",
    "Ich möchte abbestellen.",
    "Ich bekomme Ihren Newsletter ungewollt. Bitte entfernen Sie mich.",
    "Wie oft soll ich mich noch abmelden? Streichen Sie mich endlich!",
    "Wir wünschen keine Werbung mehr.",
    "Kunnen jullie me van de mailinglijst halen?",
    "Merci de supprimer mon adresse de votre liste.",
    "Se désabonner",
    "Por favor borrarme de la lista.",
    "Unsubscribe, por favor",
    "Vorrei disiscrivermi.",
    "Rezygnuję z newslettera.",
    "Poista minut listalta kiitos",
    "Отписаться",
    "Видаліть мою адресу, будь ласка",
    "Nenoriu gauti naujienlaiškio.",
    "Listeden çıkmak istiyorum.",
    "Dezabonare",
    "Nie życzę sobie otrzymywania maili.",
};

/* Nothing about the list, or a wish to stay. */
static const char *const nothing[] = {
    "I have to cancel my seat at the workshop.",
    "Please cancel my order for two copies.",
    "I must withdraw from the panel, sorry.",
    "We are no longer able to send anyone on the 4th.",
    "Please do not remove me, I love it.",
    "Don't take me off the list!",
    "I never unsubscribed, so why did it stop?",
    "I don't want to stop receiving this.",
    "Please stop calling us a charity.",
    "Can you remove the photo of my daughter?",
    "Please drop me a line when you are in Leeds.",
    "Could you take me through the figures?",
    "Please take me off the volunteer rota, but keep the newsletter coming.",
    "Please remove me from the WhatsApp group.",
    "I no longer wish to be a speaker.",
    "We no longer need the chairs, thank you.",
    "I want to quit my job and join you!",
    "Thank you for your newsletter. Keep up the good work.",
    "My boss wants me to end the project. How did you end yours?",
    "Please delete my comment under the article.",
    "Please cancel my hotel booking.",
    "I opted out of the pension scheme last year.",
    "No more meetings this week, please.",
    "He said: \"please unsubscribe me\", and we laughed.",
    "Do not send me the invoice, send it to the office.",
    "Please keep me on the list.",
    "Jeg må dessverre avbestille plassen min på kurset.",
    "Jeg vil ikke miste nyhetsbrevet.",
    "Ikke ta meg av listen!",
    "Slett bildet av meg, takk.",
    "Vi må avlyse møtet og melde oss av.",
    "Kan dere stryke meg fra deltakerlisten?",
    "Jeg skal slutte i jobben, men vil gjerne ha nyhetsbrevet på ny adresse.",
    "Vi trenger ikke flere stoler.",
    "Jeg har ikke fått nyhetsbrevet på lenge.",
    "Bestillingen min vil jeg gjerne avbestille.",
    "Ta meg med på neste tur!",
    "Jeg ønsker ikke å delta på samlingen.",
    "Jag måste avboka min plats på kursen.",
    "Jag vill avsluta mitt medlemskap i föreningen.",
    "Ta inte bort mig från listan!",
    "Kan ni ta bort min kommentar?",
    "Jag vill inte sluta läsa ert nyhetsbrev.",
    "Sluta aldrig skicka det här!",
    "Stryk mig från deltagarlistan, jag är sjuk.",
    "Vi har sagt upp lokalen.",
    "Jag slipper gärna mötet på fredag.",
    "Jag vill bort från er kallelselista till måndagsmötet, men nyhetsbrevet "
    "läser jag gärna.",
    "Avbeställ min lunch på torsdag.",
    "Skicka inte fakturan till mig.",
    "Ich muss meine Teilnahme an der Tagung leider stornieren.",
    "Bitte melden Sie mich vom Workshop ab.",
    "Ich möchte mich nicht abmelden!",
    "Bitte löschen Sie mich nicht aus dem Verteiler.",
    "Ich möchte den Newsletter nicht missen.",
    "Bitte stornieren Sie meine Bestellung.",
    "Wir haben die Wohnung gekündigt.",
    "Bitte entfernen Sie das Bild auf Seite 2.",
    "Schicken Sie mir bitte keine Rechnung, sondern einen Lieferschein.",
    "Hören Sie nicht auf, uns zu schreiben!",
    "Die Anmeldung hat nicht geklappt.",
    "Mein Kollege meint, man könne sich nicht mehr abmelden. Mich stört es "
    "nicht, ich lese gern mit.",
    "Ich habe den Newsletter nicht mehr erhalten, was ist los?",
    "Ich melde mich nächste Woche bei Ihnen.",
    "Ik wil me afmelden voor de workshop.",
    "Graag ontvang ik de nieuwsbrief in het Engels.",
    "Je voudrais annuler ma réservation.",
    "Ne me désabonnez pas !",
    "Quiero cancelar mi reserva.",
    "No quiero dejar de recibir el boletín.",
    "Vorrei cancellare la mia prenotazione.",
    "Nie chcę rezygnować z newslettera.",
    "Не видаляйте мене зі списку",
    "Я не хочу пропускать ваши новости",
    "Kiitos uutiskirjeestä!",
    "Takk fyri tíðindabrævið",
    "Merci pour la newsletter",
    "شكرا على النشرة",
    "Dziękuję za newsletter",
    "Please don't stop writing about these people.",
    "We want to end homelessness. Your newsletter helps.",
    "Can I get a copy of the list of participants?",
    "I would like to withdraw my application.",
    "Please remove the word \"disabled\" from your newsletter.",
    "You should never quit publishing this.",
    "I can't open your newsletter, the link is dead.",
    "I don't want your newsletter to end up in spam. What can I do?",
    "We had to discontinue the project in May.",
    "I need to be excused from the meeting.",
    "Please stop by when you are in town.",
    "I no longer want to be your contact person; write to Ann instead.",
    "Don't worry about sending it again, I found it.",
    "I don't need the newsletter in print, email is fine.",
    "Kan dere slutte å skrive om oss?",
    "Vi har sagt opp avtalen.",
    "Takk, men jeg kan ikke komme. Stryk meg fra påmeldingslisten.",
    "Jeg vil ikke stoppe dere!",
    "Slett den forrige e-posten, den var feil.",
    "Hvorfor har dere stoppet nyhetsbrevet?",
    "Jeg trenger ikke svar.",
    "Kan ni ta bort länken i nyhetsbrevet? Den är fel.",
    "Varför har ni slutat skicka nyhetsbrevet?",
    "Jag har inte avregistrerat mig.",
    "Vi behöver inga fler stolar.",
    "Jag vill avboka besöket.",
    "Ich möchte nicht, dass mein Name im Newsletter steht.",
    "Bitte nehmen Sie mich als Referentin von der Liste.",
    "Der Newsletter ist nicht mehr lesbar auf dem Handy.",
    "Können Sie den Newsletter bitte nicht mehr als PDF schicken?",
    "Wir brauchen keine weiteren Unterlagen.",
    "Ich habe meine Stelle gekündigt.",
    "Warum haben Sie mich abgemeldet?",
    "Je ne veux pas rater votre newsletter.",
    "No puedo recibir el archivo.",
    "Ik wil de nieuwsbrief niet missen.",
    "Chcę otrzymywać newsletter po polsku.",
    "Я хочу получать вашу рассылку на русском",
    "Nie mogę otworzyć linku.",
    "I cannot receive your newsletter in my spam filter, please resend.",
    "You stopped sending the newsletter. Why?",
    "My colleague says she no longer receives your emails.",
    "I am not interested in receiving money for the photo.",
};

/* No more letters to someone else. */
static const char *const other[] = {
    "Please unsubscribe my wife, she passed away.",
    "Take my former colleague Jane Doe off your list please.",
    "Please stop sending your newsletter to my mother, she cannot read it.",
    "Kan dere melde av mannen min? Han er død.",
    "Min kollega vil ikke ha nyhetsbrevet. Slett ham.",
    "Ta bort min man från listan, han har gått bort.",
    "Bitte streichen Sie meinen Mann aus dem Verteiler, er ist verstorben.",
};

/* Whatever it is taken for, nobody may be taken off. */
static const char *const never[] = {
    "If you send politics again, please remove me.",
    "Take me off from January, please.",
    "Please pause the newsletter while I am on leave.",
    "Remove me from the other list only, I want to keep this one.",
    "Should I unsubscribe and sign up again with my new address?",
    "I unsubscribed by accident, please add me again.",
    "Hvis dere ikke svarer, melder jeg meg av.",
    "Kan dere ta meg av listen fra sommeren?",
    "Om jag får ett till avregistrerar jag mig.",
    "Kan man pausa nyhetsbrevet?",
    "Falls das so weitergeht, melde ich mich ab.",
    "Kann ich den Newsletter vorübergehend aussetzen?",
    "Is there a way to unsubscribe from only the events part?",
    "Please take John off the list.",
    "Bill wants to be removed from the newsletter.",
    "Please remove my photo and name from the newsletter.",
    "I don't need two copies of your newsletter.",
    "Jeg ønsker ikke å få bildet mitt i nyhetsbrevet.",
    "Kan dere ta Per av listen?",
    "Jag vill inte ha mitt namn i nyhetsbrevet.",
    "Kan ni ta bort Karin från listan?",
    "Jag vill bara ha nyhetsbrevet en gång om året.",
    "Bitte nehmen Sie Herrn Meier aus dem Verteiler.",
    "Wie kann man den Newsletter abbestellen?",
    "Ich möchte mich wieder zum Newsletter anmelden.",
};

static enum intent
asked(const char *text)
{
    static struct facts facts;

    memset(&facts, 0, sizeof facts);
    (void)snprintf(facts.from, sizeof facts.from, "karen@heden.example");
    (void)snprintf(
        facts.subject, sizeof facts.subject, "Nyhedsbrev 14 - Rummelig imidt");
    intent_find(&facts, text, strlen(text), true);
    return facts.intent;
}

/* Whether each answer is a bit of want; -> how many are not. */
static int
wrong(const char *const *texts, size_t n, unsigned want)
{
    int count = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned got = 1U << asked(texts[i]);

        if ((got & want) == 0) {
            print_error("want %x, got %x: %s\n", want, got, texts[i]);
            count++;
        }
    }
    return count;
}

#define WRONG(texts, want) wrong(texts, sizeof texts / sizeof *texts, want)

static void
requests_are_heard(void **state)
{
    (void)state;
    assert_int_equal(WRONG(leave, 1U << INTENT_LEAVE), 0);
}

static void
other_mail_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(WRONG(nothing, 1U << INTENT_NONE | 1U << INTENT_STAY), 0);
}

static void
others_are_not_the_writer(void **state)
{
    (void)state;
    assert_int_equal(WRONG(other, 1U << INTENT_LEAVE_OTHER), 0);
}

static void
nobody_is_taken_off_in_doubt(void **state)
{
    (void)state;
    assert_int_equal(WRONG(never, ~(1U << INTENT_LEAVE)), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_heard),
        cmocka_unit_test(other_mail_is_left_alone),
        cmocka_unit_test(others_are_not_the_writer),
        cmocka_unit_test(nobody_is_taken_off_in_doubt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
