{{! SPDX-License-Identifier: ISC }}Subject: Du er frameldt {{LIST}}

Hej

Du er nu frameldt nyhedsbrevet fra {{LIST}}, og vi sender det ikke
længere til {{ADDRESS}}.

Var det en fejl, så svar på denne mail og skriv, at du gerne vil have
nyhedsbrevet igen. Så er du straks tilbage.

Tak, fordi du læste med.

Venlig hilsen
{{#FROM_NAME}}{{FROM_NAME}}
{{/FROM_NAME}}{{LIST}}
{{#POSTAL}}{{POSTAL}}
{{/POSTAL}}
