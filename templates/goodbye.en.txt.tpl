{{! SPDX-License-Identifier: ISC }}Subject: You have left {{LIST}}

Hello,

You no longer get the newsletter from {{LIST}}: nothing more will be
sent to {{ADDRESS}}.

If that was a mistake, answer this email and say that you want the
newsletter back, and you are on the list again.

Thank you for reading.

Kind regards
{{#FROM_NAME}}{{FROM_NAME}}
{{/FROM_NAME}}{{LIST}}
{{#POSTAL}}{{POSTAL}}
{{/POSTAL}}
