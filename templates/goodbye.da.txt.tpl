{{! SPDX-License-Identifier: ISC }}Subject: Du er frameldt {{LIST}}

Hej

Du er nu frameldt nyhedsbrevet fra {{LIST}}, og vi sender det ikke
længere til {{ADDRESS}}.

Var det en fejl, så skriv til {{MAILBOX}}, så sætter vi dig på igen.

Tak, fordi du læste med.

Venlig hilsen
{{#FROM_NAME}}{{FROM_NAME}}
{{/FROM_NAME}}{{LIST}}
{{#POSTAL}}{{POSTAL}}
{{/POSTAL}}
