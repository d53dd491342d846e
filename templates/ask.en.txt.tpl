{{! SPDX-License-Identifier: ISC }}Subject: Would you like to leave {{LIST}}?

Hello,

We have had an email from {{ADDRESS}}, but are not sure
whether you would like to leave the newsletter from {{LIST}}.

If you would, please answer this email with "yes", and you are off the
list.

If you would rather stay, or did not write to us, answer "no", or do not
answer at all, and nothing happens.

Kind regards
{{#FROM_NAME}}{{FROM_NAME}}
{{/FROM_NAME}}{{LIST}}
{{#POSTAL}}{{POSTAL}}
{{/POSTAL}}
