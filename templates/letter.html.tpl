{{! SPDX-License-Identifier: ISC }}<!DOCTYPE html>
<html lang="{{LANGUAGE}}" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="x-apple-disable-message-reformatting">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{SUBJECT}}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (max-width: 620px) {
  .frame { padding: 0 !important; }
  .sheet, .top { border-radius: 0 !important; }
  .pad { padding-left: 22px !important; padding-right: 22px !important; }
  .title { font-size: 27px !important; }
  .card { max-width: 100% !important; }
  .cell { padding-right: 0 !important; }
  .action { display: block !important; padding: 7px 0 !important; }
  .dot { display: none !important; }
}
@media (prefers-color-scheme: dark) {
  .page { background-color: #12171b !important; }
  .sheet { background-color: #1d2328 !important; }
  .text { color: #e4e8ea !important; }
  .text h2, .text h3, .text h4, .text h5, .text h6, .text a { color: {{LINK_DARK}} !important; }
  .text a.button { color: {{BUTTON_TEXT}} !important; }
  .pill { border-color: {{LINK_DARK}} !important; }
  .quiet, .small, .small a { color: #b9c2c8 !important; }
  .rule { border-color: #3b454c !important; }
  .ground { background-color: #262e34 !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background-color:#edf1f2;-webkit-text-size-adjust:100%">
{{#PREHEADER}}<div style="display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all">{{PREHEADER}}</div>
{{/PREHEADER}}<table class="page" role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" bgcolor="#edf1f2" style="background-color:#edf1f2"><tr><td class="frame" align="center" style="padding:32px 12px 0">
<!--[if mso]><table role="presentation" width="600" border="0" cellpadding="0" cellspacing="0"><tr><td><![endif]-->
<table class="sheet" role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" bgcolor="#ffffff" style="max-width:600px;background-color:#ffffff;border-radius:12px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<tr><td class="top pad" bgcolor="{{MASTHEAD}}" style="background-color:{{MASTHEAD}};border-radius:12px 12px 0 0;padding:34px 36px 32px;color:{{MASTHEAD_TEXT}}">
<p style="margin:0 0 8px;font-size:17px;line-height:1.3;font-weight:600;color:{{MASTHEAD_TEXT}}">{{#HOME_URL}}<a href="{{HOME_URL:x-link}}" style="color:{{MASTHEAD_TEXT}};text-decoration:none">{{/HOME_URL}}{{LIST}}{{#HOME_URL}}</a>{{/HOME_URL}}</p>
<h1 class="title" style="margin:0;font-size:29px;line-height:1.2;font-weight:700;color:{{MASTHEAD_TEXT}};overflow-wrap:anywhere">{{TITLE}}</h1>
</td></tr>
<tr><td class="text pad" style="padding:36px 36px 38px;font-size:17px;line-height:1.6;color:#23292d;overflow-wrap:anywhere;word-break:break-word">
{{BODY:none}}</td></tr>
{{#CONTACTS}}<tr><td class="text pad" style="padding:0 36px 24px;font-size:16px;line-height:1.55;color:#23292d">
<div class="rule" style="border-top:1px solid #d5dadd;font-size:0;line-height:0;margin:0 0 30px">&nbsp;</div>
<h2 style="margin:0 0 16px;font-size:22px;line-height:1.3;font-weight:700;color:{{LINK}}">{{CONTACT_WORD}}</h2>
{{#CONTACT}}<table class="card" role="presentation" align="left" width="100%" border="0" cellpadding="0" cellspacing="0" style="max-width:264px;margin:0"><tr><td class="cell" style="padding:0 10px 12px 0"><table class="ground" role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" bgcolor="#f2f5f5" style="background-color:#f2f5f5;border-radius:8px"><tr><td class="text" style="padding:14px 18px 15px;font-size:16px;line-height:1.55;color:#23292d;overflow-wrap:anywhere">
{{#ROLE}}<span class="quiet" style="font-size:15px;color:#515d66">{{ROLE}}</span><br>
{{/ROLE}}<strong>{{NAME}}</strong>{{#PHONE}}<br>
{{PHONE_WORD}}: <a href="tel:{{PHONE_URL}}" style="color:{{LINK}};text-decoration:none">{{PHONE}}</a>{{/PHONE}}{{#MAIL}}<br>
{{MAIL_WORD}}: <a href="mailto:{{MAIL_URL}}" style="color:{{LINK}}">{{MAIL}}</a>{{/MAIL}}
</td></tr></table></td></tr></table>
{{/CONTACT}}</td></tr>
{{/CONTACTS}}<tr><td class="text pad" style="padding:0 36px 34px;font-size:16px;line-height:1.6;color:#23292d;overflow-wrap:anywhere">
<div class="rule" style="border-top:1px solid #d5dadd;font-size:0;line-height:0;margin:0 0 26px">&nbsp;</div>
{{#SOCIALS}}<p style="margin:0 0 14px;line-height:1">{{#SOCIAL}}<a class="pill" href="{{URL:x-link}}" style="display:inline-block;margin:0 10px 10px 0;padding:9px 18px;border:1px solid {{LINK}};border-radius:20px;line-height:1.2;font-weight:600;text-decoration:none;color:{{LINK}}">{{LABEL}}</a>{{#SOCIAL_separator}}
{{/SOCIAL_separator}}{{/SOCIAL}}</p>
{{/SOCIALS}}{{FOOTER:none}}</td></tr>
</table>
<!--[if mso]></td></tr></table><table role="presentation" width="600" border="0" cellpadding="0" cellspacing="0"><tr><td><![endif]-->
<table lang="{{FOOTER_LANGUAGE}}" role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" style="max-width:600px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"><tr><td class="small pad" align="center" style="padding:24px 36px 36px;font-size:15px;line-height:1.6;color:#4d5860;overflow-wrap:anywhere">
{{SENT_TO}}<br>
{{WHY}} {{BECAUSE}}
<p style="margin:12px 0"><a class="action" href="{{UNSUBSCRIBE_URL:x-link}}" style="color:#37434b">{{UNSUBSCRIBE}}</a> <span class="dot">&nbsp;·&nbsp;</span> <a class="action" href="{{PREFERENCES_URL:x-link}}" style="color:#37434b">{{PREFERENCES}}</a></p>
{{POSTAL}}
</td></tr></table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</body>
</html>
