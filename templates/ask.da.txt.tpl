{{! SPDX-License-Identifier: ISC }}Subject: Vil du frameldes nyhedsbrevet fra {{LIST}}?

Hej

Vi har fået en mail fra {{ADDRESS}}, men vi er i tvivl,
om du gerne vil frameldes nyhedsbrevet fra {{LIST}}.

Vil du det, så svar "ja" på denne mail. Så er du frameldt.

Vil du blive, eller har du ikke skrevet til os, så svar "nej", eller
lad være med at svare. Så sker der ingenting.

Venlig hilsen
{{#FROM_NAME}}{{FROM_NAME}}
{{/FROM_NAME}}{{LIST}}
{{#POSTAL}}{{POSTAL}}
{{/POSTAL}}
