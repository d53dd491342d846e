<!DOCTYPE html>
<html lang="{{LANGUAGE}}" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="x-apple-disable-message-reformatting">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{SUBJECT}}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 0; -webkit-text-size-adjust: 100%; }
@media (max-width: 620px) {
  .outer { padding: 0 !important; }
  .sheet { border-radius: 0 !important; }
  .pad { padding-left: 22px !important; padding-right: 22px !important; }
  .half { display: block !important; width: auto !important; padding-right: 0 !important; }
  .title { font-size: 26px !important; }
}
@media (prefers-color-scheme: dark) {
  .outer { background-color: #12171b !important; }
  .sheet { background-color: #1d2328 !important; }
  .text, .text h2, .text h3, .text h4, .text h5, .text h6 { color: #e4e8ea !important; }
  .text a, .small a { color: {{LINK_DARK}} !important; }
  .text a.button { color: {{BUTTON_TEXT}} !important; }
  .quiet { color: #b4bdc3 !important; }
  .small { color: #b4bdc3 !important; }
  .rule { border-color: #3b454c !important; }
  .card { background-color: #262e34 !important; }
}
</style>
</head>
<body class="outer" style="margin:0;padding:0;background-color:#eef1f2">
{{#PREHEADER}}<div style="display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden">{{PREHEADER}}</div>
{{/PREHEADER}}<table class="outer" role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" bgcolor="#eef1f2" style="background-color:#eef1f2"><tr><td class="outer" align="center" style="padding:28px 12px">
<!--[if mso]><table role="presentation" width="600" border="0" cellpadding="0" cellspacing="0"><tr><td><![endif]-->
<table class="sheet" role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" bgcolor="#ffffff" style="max-width:600px;background-color:#ffffff;border-radius:10px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<tr><td class="pad" bgcolor="{{MASTHEAD}}" style="background-color:{{MASTHEAD}};padding:30px 36px 28px">
<p style="margin:0 0 6px;font-size:16px;line-height:1.4;font-weight:600;letter-spacing:0.3px;color:{{MASTHEAD_TEXT}}">{{LIST}}</p>
<h1 class="title" style="margin:0;font-size:30px;line-height:1.2;font-weight:700;color:{{MASTHEAD_TEXT}}">{{TITLE}}</h1>
</td></tr>
<tr><td class="text pad" style="padding:34px 36px 36px;font-size:17px;line-height:1.6;color:#24292d">
{{BODY:none}}</td></tr>
{{#CONTACTS}}<tr><td class="text pad" style="padding:0 36px 28px;font-size:16px;line-height:1.6;color:#24292d">
<h2 style="margin:0 0 14px;font-size:18px;line-height:1.3">{{CONTACT_WORD}}</h2>
{{#CONTACT}}<table class="card" role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" bgcolor="#f3f6f6" style="background-color:#f3f6f6;border-radius:8px;margin:0 0 12px"><tr><td style="padding:14px 18px;font-size:16px;line-height:1.5">
{{#ROLE}}<span class="quiet" style="font-size:15px;color:#53606a">{{ROLE}}</span><br>
{{/ROLE}}<strong>{{NAME}}</strong>{{#PHONE}}<br>
{{PHONE_WORD}}: <a href="tel:{{PHONE_URL}}" style="color:{{LINK}};text-decoration:none">{{PHONE}}</a>{{/PHONE}}{{#MAIL}}<br>
{{MAIL_WORD}}: <a href="mailto:{{MAIL_URL}}" style="color:{{LINK}}">{{MAIL}}</a>{{/MAIL}}
</td></tr></table>
{{/CONTACT}}</td></tr>
{{/CONTACTS}}<tr><td class="text pad" style="padding:0 36px 30px;font-size:16px;line-height:1.6;color:#24292d">
<div class="rule" style="border-top:1px solid #d5dadd;font-size:0;line-height:0;margin:0 0 22px">&nbsp;</div>
{{#SOCIALS}}<p style="margin:0 0 20px;font-weight:600">{{#SOCIAL}}<a href="{{URL:x-link}}" style="color:{{LINK}}">{{LABEL}}</a>{{#SOCIAL_separator}}&nbsp;&nbsp; {{/SOCIAL_separator}}{{/SOCIAL}}</p>
{{/SOCIALS}}{{FOOTER:none}}</td></tr>
</table>
<!--[if mso]></td></tr></table><table role="presentation" width="600" border="0" cellpadding="0" cellspacing="0"><tr><td><![endif]-->
<table lang="{{FOOTER_LANGUAGE}}" role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" style="max-width:600px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"><tr><td class="small pad" align="center" style="padding:22px 36px 26px;font-size:15px;line-height:1.6;color:#505b63">
{{SENT_TO}}<br>
<em>{{WHY}}</em> {{BECAUSE}}<br>
<a href="{{UNSUBSCRIBE_URL:x-link}}" style="color:#3f4a52">{{UNSUBSCRIBE}}</a>&nbsp;&nbsp; <a href="{{PREFERENCES_URL:x-link}}" style="color:#3f4a52">{{PREFERENCES}}</a><br>
{{#POSTAL}}{{POSTAL}}{{/POSTAL}}
</td></tr></table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</body>
</html>
