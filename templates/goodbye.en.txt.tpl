{{! SPDX-License-Identifier: ISC }}Subject: You have left {{LIST}}

Hello,

You no longer get the newsletter from {{LIST}}: nothing more will be
sent to {{ADDRESS}}.

If that was a mistake, write to {{MAILBOX}} and we will put you back.

Thank you for reading.

Kind regards
{{#FROM_NAME}}{{FROM_NAME}}
{{/FROM_NAME}}{{LIST}}
{{#POSTAL}}{{POSTAL}}
{{/POSTAL}}
