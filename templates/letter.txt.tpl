{{! SPDX-License-Identifier: ISC }}{{LIST}}
{{TITLE}}
========================================================================

{{BODY}}{{#CONTACTS}}
{{CONTACT_WORD}}
------------------------------------------------------------------------
{{#CONTACT}}
{{#ROLE}}{{ROLE}}
{{/ROLE}}{{NAME}}{{#PHONE}}
{{PHONE_WORD}}: {{PHONE}}{{/PHONE}}{{#MAIL}}
{{MAIL_WORD}}: {{MAIL}}{{/MAIL}}
{{/CONTACT}}{{/CONTACTS}}
------------------------------------------------------------------------
{{#SOCIALS}}
{{#SOCIAL}}{{LABEL}}: {{URL}}
{{/SOCIAL}}{{/SOCIALS}}{{#FOOTER}}
{{FOOTER}}{{/FOOTER}}
{{SENT_TO}}

{{WHY}}
{{BECAUSE}}

{{UNSUBSCRIBE}}:
{{UNSUBSCRIBE_URL}}

{{PREFERENCES}}:
{{PREFERENCES_URL}}

{{POSTAL}}
