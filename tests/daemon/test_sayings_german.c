/* SPDX-License-Identifier: ISC */
/* German, as people write it who get a Danish letter. */
#include "tests/daemon/sayings.h"

/* No more letters to me. */
static const char *const requests[] = {
    ("Guten Tag, könnten Sie mich bitte aus dem Verteiler nehmen? Ich habe die "
     "Stelle gewechselt."),
    "Abmelden",
    "Bitte abmelden, danke.",
    ("Hallo! Ich bin seit März in Rente und brauche den Newsletter nicht mehr. "
     "Danke für alles!"),
    "Bitte löschen Sie meine Adresse aus Ihrem Verteiler.",
    "Ich möchte diesen Newsletter nicht mehr erhalten. Gruß Dieter",
    "Bitte streichen Sie mich, ich bekomme viel zu viele Mails.",
    "Ich möchte mein Abonnement kündigen.",
    "Das ist für mich nicht relevant, bitte nehmen Sie mich von der Liste.",
    "Nein danke, keine Newsletter mehr.",
    "Bitte schicken Sie mir Ihren Newsletter nicht mehr.",
    ("Könnt ihr mich aus der Mailingliste austragen? Ich lese kaum noch "
     "Dänisch."),
    ("Hallo Tue, schön gemacht, aber ich komme nie zum Lesen. Nimm mich bitte "
     "raus."),
    "Danke, aber nein danke. Löschen Sie meine E-Mail-Adresse.",
    "Hiermit melde ich mich vom Newsletter ab.",
    "Tragen Sie mich bitte aus!!!",
    ("Ich bin zurück nach Flensburg gezogen und habe keine Verwendung mehr für "
     "Ihren Newsletter, bitte löschen Sie mich."),
    "Newsletter abbestellen",
    "Abbestellung",
    "Ich möchte aus Ihrer Datenbank gelöscht werden.",
    "Kann ich bitte vom Newsletter verschont bleiben?",
    "Können Sie meine Mailadresse löschen? Vielen Dank im Voraus.",
    ("Hallo, der Abmeldelink funktioniert nicht. Könnten Sie mich manuell "
     "austragen?"),
    ("Ich habe mich zweimal abgemeldet und bekomme ihn immer noch. Nehmen Sie "
     "mich raus!"),
    "Ich widerrufe meine Einwilligung in die Zusendung.",
    "Bitte löschen Sie meine Daten und senden Sie mir nichts mehr.",
    "Schicken Sie mir keine Mails mehr.",
    "Kein Interesse mehr. Bitte streichen.",
    "Ich kündige das Abo.",
    "Es reicht. Runter von der Liste mit mir.",
    ("Ich arbeite nicht mehr in diesem Bereich und möchte den Newsletter nicht "
     "mehr."),
    "Können Sie bitte aufhören, mir zu mailen?",
    "Ich habe mich nie angemeldet. Sofort löschen.",
    "Streichen Sie mich aus dem Register.",
    "Wir wollen nicht länger auf Ihrer Liste stehen.",
    ("Danke für alle schönen Ausgaben, aber nun ist Schluss für mich. Bitte "
     "abmelden."),
    "Ich will den Newsletter nicht länger bekommen.",
    "Bitte nichts mehr an mich.",
    "Ich bitte darum, aus Ihrer Liste entfernt zu werden.",
    "Bitte beenden Sie mein Abonnement des Newsletters.",
    "Wären Sie so freundlich, mich von der Liste zu nehmen?",
    "Mein Postfach läuft über. Bitte nehmen Sie mich aus dem Verteiler.",
    ("Ich bin in Elternzeit und räume mein Postfach auf. Bitte melden Sie mich "
     "vom Newsletter ab."),
    "Diese Adresse soll keine Newsletter mehr erhalten.",
    "Ich verzichte künftig auf Ihren Newsletter.",
    "Ich habe die Behörde verlassen, bitte entfernen Sie diese Adresse.",
    "Wie werde ich das los? Bitte nehmt mich raus.",
    ("Hallo! Könntet ihr mich abmelden? Ich bin Studentin und mit meiner "
     "Arbeit "
     "fertig."),
    "Ich habe im Frühjahr um Löschung gebeten und bekomme immer noch Post.",
    "Würden Sie mir bitte keine weiteren Nachrichten schicken?",
    "Hört auf mich zuzuspammen.",
    "Ich schaffe keine weiteren Newsletter. Nehmt mich raus.",
    "Bitte den Newsletter für mich stornieren.",
    "Um Austragung wird gebeten. Mit freundlichen Grüßen, Monika",
    "Ihr könnt mich gern streichen, ich bin jetzt in der Pflege.",
    "Ich will das nicht.",
    "Ich will Ihre Mails nicht.",
    "Sie können aufhören, mir das zu schicken.",
    "Holt mich bitte hier raus.",
    "Ich steige aus dem Newsletter aus.",
    "Jetzt ist es genug mit Mails. Streicht mich von der Liste.",
    "Löscht mich von der Liste.",
    "Nehmen Sie mich aus Ihrer Kartei.",
    "Stoppen Sie den Versand an mich.",
    "Ich wünsche abgemeldet zu werden.",
    ("Hallo, mein Dänisch reicht dafür nicht, also könnt ihr mich ruhig "
     "austragen. Liebe Grüße Jana"),
    "Ich würde gerne mein Newsletter-Abo beenden.",
    "Lassen Sie mich bitte damit in Ruhe.",
    "Ich möchte nicht mehr auf der Liste sein.",
    "Ich möchte nicht mehr abonnieren.",
    "Nehmt ihr mich von der Liste? Danke",
    "Wir bekommen drei Exemplare. Bitte diese Adresse löschen.",
    "Leider habe ich keine Zeit zum Lesen, deshalb bitte abmelden.",
    "Bitte stellen Sie die Zusendung an diese Adresse ein.",
    "Könnt ihr mich nicht einfach löschen? Ich habe schon mal gefragt.",
    "Ich bin es leid. Hören Sie auf!",
    "Löschen Sie meine Adresse gemäß DSGVO.",
    "Zum dritten Mal bitte ich Sie: Nehmen Sie mich von der Liste.",
    "Der Newsletter nützt mir nichts und ich will ihn nicht mehr.",
    ("Hallo Tue! Ich wechsle den Beruf und sage tschüss. Bitte nimm mich aus "
     "der Liste."),
    "Stopp",
    "Ich will von dieser Liste runter.",
    "Können Sie mich aus dem Verteiler werfen?",
    "Weitere Newsletter lehne ich ab.",
    "Keine Newsletter mehr, danke.",
    "Es war interessant, aber ich möchte keine mehr.",
    "Schreiben Sie mir nicht mehr.",
    "bitte lösch mich aus deiner liste",
    "nehmt mich aus diesem mist raus",
    ("Wie ich sehe, stehe ich noch auf Ihrer Liste, obwohl ich längst weg bin. "
     "Können Sie mich streichen?"),
    "Ich lese ihn nie, also ist es besser, wenn Sie mich streichen.",
    "Entschuldigen Sie die Störung, aber könnten Sie mich austragen?",
    "Ihren Newsletter möchte ich nicht mehr.",
    "Sie brauchen mir den Newsletter nicht mehr zu schicken.",
    "Senden Sie mir keine weiteren Newsletter.",
    "Ich möchte nicht, dass Sie mir weiter mailen.",
    "Nein zu weiteren Mails, bitte.",
    ("Bitte nehmen Sie zur Kenntnis, dass ich Ihren Newsletter nicht mehr "
     "wünsche."),
    "Darf ich Sie bitten, mich von der Liste zu nehmen?",
    "Ich beantrage die Löschung aus Ihrem Verteiler.",
    "Ich habe Sie mehrmals gebeten, mich auszutragen.",
    "Melde mich hier ab, danke für alles.",
    "Bitte sorgen Sie dafür, dass ich keine weiteren bekomme.",
    "Ich möchte den Verteiler verlassen.",
    "Ich möchte nicht mehr kontaktiert werden.",
    "Streichen Sie meine Adresse, ich nutze sie nicht mehr beruflich.",
    "Unser Verein möchte den Newsletter nicht mehr.",
    "Tschüss Newsletter! Bitte nehmt meinen Namen raus.",
    "Würde es Ihnen etwas ausmachen, mich aus der Liste zu nehmen?",
    "Gibt es eine Möglichkeit, mich aus dem Verteiler zu streichen?",
    "Ich glaube, ich bin versehentlich reingeraten, bitte nehmt mich raus.",
    "Da ich Aarhus verlasse, bitte ich um Abmeldung.",
    "Ich bin dafür nicht zuständig, bitte nehmen Sie mich raus.",
    "Bitte diese Mail abmelden.",
    "Zeit, aufzuräumen: nehmt mich bitte runter.",
    "Ich bestelle hiermit den Rundbrief ab.",
    "Abmeldung vom Newsletter",
    "Unsubscribe bitte",
    "Ich hätte den Newsletter gerne abbestellt.",
    "Bitte künftig keine Mails mehr an diese Adresse.",
};

/* Nobody is taken off by these. */
static const char *const nobody[] = {
    "Danke für den tollen Newsletter! Hört nie auf.",
    "Ich muss mich leider vom Kurs am Donnerstag abmelden, bin krank.",
    "Könnten Sie das Foto von mir von der Webseite entfernen?",
    "Ich möchte nicht abgemeldet werden, nur die Adresse ändern.",
    "Meine Kollegin fragt, wie man sich abmeldet. Was soll ich sagen?",
    "Ich überlege, mich abzumelden, warte aber noch eine Ausgabe ab.",
    "Wenn es mehr als einer im Monat wird, muss ich mich abmelden.",
    "Nehmen Sie mich bitte von der Teilnehmerliste für Freitag.",
    "Kannst du meinen Beitrag in der Gruppe löschen?",
    ("Ich habe gerade fünf andere Newsletter abbestellt, aber euren behalte "
     "ich."),
    "Nehmen Sie mich nicht von der Liste!",
    "Ich bekomme den Newsletter nicht mehr. Können Sie mich wieder aufnehmen?",
    "Kann ich den Newsletter an eine neue Adresse bekommen?",
    "Mein Chef hat aufgehört. Wer soll den Newsletter nun bekommen?",
    "Hören Sie auf, sich zu entschuldigen, das war ein guter Artikel.",
    "Wie viele stehen auf Ihrer Liste?",
    "Wir müssen das Treffen morgen leider absagen.",
    "Danke für die Einladung, aber ich kann nicht kommen.",
    "Bitte streichen Sie mich als Redner der Tagung.",
    "Ich hätte den Newsletter gern als PDF.",
    "Ich würde gern mehr Newsletter von euch bekommen.",
    "Der Link zum Abmelden in der letzten Ausgabe ist kaputt, nur zur Info.",
    "Ich möchte wissen, welche Daten Sie über mich gespeichert haben.",
    "Meine Frau möchte ihn auch haben.",
    "Wie meldet man sich ab?",
    "Ich wollte mich nicht abmelden. Bitte nehmen Sie mich wieder auf.",
    ("Der Vorstand hat beschlossen, die Zusammenarbeit mit der Kommune zu "
     "beenden."),
    "Der Mietvertrag muss vor Neujahr gekündigt werden.",
    "Kannst du mich in dem Mailwechsel aus dem CC nehmen?",
    "Ich nehme die Liste am Montag mit.",
    "Manchmal möchte ich mich von allem abmelden, aber nicht von euch.",
    "Der Newsletter landet im Spam. Wie stoppe ich das?",
    "Wir haben die Bank gebeten, uns aus ihrem Register zu löschen.",
    "Ich lese ihn immer im Zug. Gute Arbeit.",
    "Ihr dürft mit dem Newsletter nicht aufhören!",
    "Könnt ihr bis nach dem Sommer pausieren?",
    "Ich gehe im Januar in Elternzeit, dann können Sie mich streichen.",
    "Bitte löschen Sie meine vorige Mail, sie war falsch.",
    "Streicht lieber die Steuerspalte, die ist langweilig.",
    "Sie hat um Löschung gebeten, aber das ist inzwischen erledigt.",
    "Stehe ich noch auf der Liste? Habe seit Mai nichts bekommen.",
    "Ich habe eine neue E-Mail-Adresse, können Sie sie ändern?",
    "Unten steht „hier abmelden“. Sollte das nicht oben stehen?",
    "Ich würde nie daran denken, mich abzumelden.",
    "Die Abmeldung vom Kurs hat geklappt, danke.",
    "Meldet mich vom Mittagessen ab, aber den Newsletter will ich weiter.",
    "Danke, das war alles für heute.",
    "Ich möchte nicht an der Umfrage teilnehmen.",
    "Ich möchte meinen Namen nicht im Artikel.",
    "Wir brauchen keine weiteren Stühle für das Treffen.",
    "Ich kann den Anhang nicht öffnen.",
    "Könnten Sie Karin aus der Liste nehmen? Sie ist weg.",
    "Bitte streichen Sie Jens' Adresse. Er ist gestorben.",
    "Wird der Newsletter eingestellt? Hoffentlich nicht.",
    "Was passiert, wenn ich mich abmelde, bekomme ich dann noch Einladungen?",
    "Ich bin bis Montag nicht im Büro.",
    "Könntet ihr aufhören, das Wort „schwach“ zu benutzen?",
    "Ich habe am Mittwoch keine Zeit für die Sitzung.",
    "Kein Schnee mehr bitte! Schöne Winterausgabe.",
    "Können Sie meine Telefonnummer von der Kontaktseite nehmen?",
    "Ich möchte gern auf die Liste.",
    "Setzen Sie mich auf die Liste der Interessierten.",
    ("Ich möchte den Newsletter nicht verpassen, wenn ich die Stelle wechsle. "
     "Können Sie die Adresse ändern?"),
    ("Kann ich die Begleitgruppe verlassen und den Newsletter trotzdem "
     "bekommen?"),
    "Sollen wir das Projekt beenden oder weitermachen?",
    ("Ich habe den Newsletter versehentlich gelöscht. Können Sie ihn noch mal "
     "schicken?"),
    "Ich ziehe den Hut vor euch.",
    "Streichen Sie mich von der Warteliste für die Reise.",
    "Können Sie den Brief auch meiner Kollegin schicken?",
    "Wir hören am Freitag um fünf auf.",
    "Ich lehne die Einladung zum Seminar ab.",
    "Ich möchte kein Brot zum Treffen, nur Kaffee.",
    "Schicken Sie die Rechnung nicht mir, sondern der Buchhaltung.",
    "Ich wurde versehentlich abgemeldet.",
    "Haben Sie mich gelöscht? Im Herbst kam nichts.",
    "Bestellen Sie bitte mein Zimmer ab.",
    "Ich bin schon abonniert, Sie brauchen mich nicht einzutragen.",
    "Nimm dir Zeit, es eilt nicht.",
    "Bitte melden Sie sich bei mir.",
};

static void
requests_are_heard(void **state)
{
    (void)state;
    assert_int_equal(WRONG(requests, BIT(INTENT_LEAVE)), 0);
}

static void
nobody_else_is_taken_off(void **state)
{
    (void)state;
    assert_int_equal(WRONG(nobody, ~BIT(INTENT_LEAVE)), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_heard),
        cmocka_unit_test(nobody_else_is_taken_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
