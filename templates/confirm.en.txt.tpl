{{! SPDX-License-Identifier: ISC }}Subject: Would you like the newsletter from {{LIST}}?

Hello,

We have been asked to send the newsletter from {{LIST}} to
{{ADDRESS}}.

If that is right, please answer this email with "yes", and you are on
the list.

If you did not ask for it, you need not do anything, and you will not
get it.

Kind regards
{{#FROM_NAME}}{{FROM_NAME}}
{{/FROM_NAME}}{{LIST}}
{{#POSTAL}}{{POSTAL}}
{{/POSTAL}}
