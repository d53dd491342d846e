{{! SPDX-License-Identifier: ISC }}Subject: Vil du have nyhedsbrevet fra {{LIST}}?

Hej

Vi er blevet bedt om at sende nyhedsbrevet fra {{LIST}} til
{{ADDRESS}}.

Er det rigtigt, så svar "ja" på denne mail. Så er du tilmeldt.

Har du ikke bedt om det, skal du ikke gøre noget. Så får du det ikke.

Venlig hilsen
{{#FROM_NAME}}{{FROM_NAME}}
{{/FROM_NAME}}{{LIST}}
{{#POSTAL}}{{POSTAL}}
{{/POSTAL}}
