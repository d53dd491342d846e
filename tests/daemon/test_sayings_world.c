/* SPDX-License-Identifier: ISC */
/* What people write in languages of which few words are known. */
#include "tests/daemon/sayings.h"

/* No more letters to me. */
static const char *const requests[] = {
    "Peruuta tilaus",
    "Poista minut listalta, kiitos",
    "En halua enää saada uutiskirjettä.",
    "Älkää lähettäkö minulle enää näitä viestejä.",
    "Hei, voisitteko poistaa minut postituslistalta? Kiitos!",
    "Haluan peruuttaa uutiskirjeen.",
    "Ei enää, kiitos",
    "Haluaisin pois postituslistalta.",
    "Uitschrijven aub",
    "Kunt u mij uitschrijven? Ik werk daar niet meer.",
    "Graag mij van de lijst halen.",
    "Ik wil geen mails meer ontvangen.",
    "Haal me van deze lijst af aub",
    "Ik hoef de nieuwsbrief niet meer, bedankt.",
    "Afmelden graag",
    "Stuur mij geen mails meer alstublieft.",
    "Proszę mnie wypisać z listy. Dziękuję.",
    "Proszę nie wysyłać mi więcej maili.",
    "Rezygnuję z newslettera.",
    "Dzień dobry, chciałabym zrezygnować z newslettera. Pozdrawiam, Anna",
    "Wypisz mnie",
    "Nie chcę już otrzymywać newslettera.",
    ("Добрий день! Будь ласка, більше не надсилайте мені ці листи. Я "
     "повернулася додому. Дякую за все."),
    "Будь ласка, відпишіть мене від розсилки.",
    "Не надсилайте мені більше новини, дякую",
    "Мені більше не потрібна ваша розсилка.",
    "Прошу видалити мою адресу з розсилки.",
    "Удалите меня из рассылки пожалуйста",
    "Здравствуйте, больше не присылайте мне письма.",
    "Хочу отписаться",
    "Отписаться",
    "Merci de me désinscrire de votre liste.",
    "Bonjour, merci de ne plus m'envoyer de mails.",
    "Désabonnement svp",
    "Je ne souhaite plus recevoir votre newsletter.",
    "Veuillez me retirer de la liste de diffusion, merci.",
    "Pourriez-vous me désabonner ? J'ai quitté le Danemark.",
    "Ne m'envoyez plus rien, s'il vous plaît.",
    "Je ne veux plus de vos mails",
    "Baja por favor",
    "Quiero darme de baja.",
    "Por favor, elimíneme de la lista.",
    "No me envíen más correos, gracias.",
    "Ya no deseo recibir el boletín.",
    "Cancelar suscripción",
    ("Hola, me gustaría dejar de recibir estos correos. Ya no vivo en "
     "Dinamarca."),
    "Cancellatemi dalla lista, grazie.",
    "Non voglio più ricevere la newsletter.",
    "Vorrei essere cancellato dalla newsletter.",
    "Buongiorno, potete rimuovermi dalla mailing list? Grazie",
    "Disiscrizione",
    "Smettete di inviarmi email.",
    "Não quero receber mais emails.",
    "Por favor removam o meu email da lista.",
    "Cancelar subscrição",
    "Gostaria de cancelar a minha subscrição, obrigada.",
    "Não me enviem mais, por favor.",
    "Góðan dag. Vinsamlegast takið mig af póstlistanum.",
    "Ég vil afskrá mig af póstlistanum.",
    "Ekki senda mér fleiri pósta, takk.",
    "Vinsamlega afskráið mig",
    "Ég vil segja upp áskriftinni.",
    "Vinarliga strika meg av listanum.",
    "Eg ynski ikki at fáa tíðindabrævið longur.",
    "Takið meg av listanum, takk.",
    "Eg vil ikki hava fleiri teldupostar frá tykkum.",
    "Lütfen beni listeden çıkarın.",
    "Aboneliğimi iptal edin.",
    "Artık bülten almak istemiyorum. Teşekkürler",
    "Bana daha mail göndermeyin lütfen.",
    "abonelikten çık",
    "الغاء الاشتراك",
    "لا أريد استلام الرسائل بعد الآن",
    "أرجو حذف بريدي من القائمة",
    "من فضلك لا ترسلوا لي رسائل",
    "ارجو إزالتي من القائمة شكرا",
    "ma biddi emailat shukran",
    "Fadlan iga saar liiska",
    "Ha ii soo dirin emailka",
    "Ma rabo warsidaha, mahadsanid",
    "Vă rog să mă dezabonați.",
    "Nu îmi mai trimiteți mailuri.",
    "Nu mai doresc să primesc newsletterul.",
    "Dezabonare",
    "Molim vas odjavite me.",
    "Ne želim više primati newsletter.",
    "odjava",
    "Ne šaljite mi više poruke, hvala.",
    "Skinite me s liste molim vas",
};

/* Nobody is taken off by these. */
static const char *const nobody[] = {
    "Kiitos uutiskirjeestä, hyvä lukea!",
    "Voitteko poistaa kuvani sivulta?",
    "Haluan tilata uutiskirjeen.",
    "Peruutan osallistumiseni torstain kurssille.",
    "Kunt u mij inschrijven voor de nieuwsbrief?",
    "Ik kan niet naar de cursus komen, wilt u mij afmelden?",
    "Bedankt voor de nieuwsbrief, ik lees hem graag.",
    "Proszę nie usuwać mnie z listy.",
    "Chcę zapisać się do newslettera.",
    "Чи можу я отримувати вашу розсилку?",
    "Дякую за листи! Дуже цікаво.",
    "Мені більше не потрібна ваша допомога з роботою, дякую.",
    "Je souhaite recevoir la newsletter.",
    "Merci de retirer ma photo de votre site.",
    "Merci pour la newsletter, très intéressant.",
    "Pouvez-vous m'inscrire à la newsletter ?",
    "Quiero recibir el boletín.",
    "No quiero dejar de recibir el boletín, me encanta.",
    "¿Pueden quitar mi foto de la página?",
    "Vorrei iscrivermi alla newsletter.",
    "Cancellatemi dal corso di giovedì.",
    "Quero continuar a receber a newsletter.",
    "Podem apagar a minha fotografia?",
    "Ég kemst ekki á fundinn á fimmtudag.",
    "Takk fyrir fréttabréfið, mjög gott.",
    "Get ég fengið fréttabréfið?",
    "Toplantıya gelemiyorum, teşekkürler.",
    "Bülteninizi almak istiyorum.",
    "اريد الاشتراك في النشرة",
    "شكرا على الرسائل",
    "Waan ka mahadnaqayaa warsidaha",
    "Ne mogu doći na sastanak u četvrtak.",
    "Želim primati newsletter.",
    "Vreau să primesc newsletterul.",
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
