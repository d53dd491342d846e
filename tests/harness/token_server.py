# SPDX-License-Identifier: ISC
"""A token server on loopback, over https, that answers as a test has written
down: [(status, object or text)], one for each request, then the last again.
Mail servers ask it whose a token is."""
import http.server
import json
import ssl
import threading
import urllib.parse


class TokenServer:
    """asked: the form of every request, {name: value}.  gate: until it is set,
    no request is answered.  good: {token: its user's address}; shown: the
    tokens that mail servers have asked about, at /info?access_token=TOKEN or
    with token=TOKEN in a form to /introspect (RFC 7662)."""

    def __init__(self, tls, *answers):
        self.asked = []
        self.good = {}
        self.shown = []
        self.answers = list(answers)
        self.gate = threading.Event()
        self.gate.set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                query = urllib.parse.urlsplit(self.path).query
                self.tell(*outer.info(
                    dict(urllib.parse.parse_qsl(query))["access_token"]))

            def do_POST(self):
                size = int(self.headers["Content-Length"])
                form = dict(urllib.parse.parse_qsl(
                    self.rfile.read(size).decode()))
                if self.path == "/introspect":
                    self.tell(200, outer.info(form["token"])[1])
                    return
                outer.asked.append(form)
                outer.gate.wait(30)
                self.tell(*(outer.answers.pop(0) if len(outer.answers) > 1
                            else outer.answers[0]))

            def tell(self, status, body):
                if not isinstance(body, str):
                    body = json.dumps(body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.socket = context.wrap_socket(self.http.socket,
                                               server_side=True)
        self.base = f"https://localhost:{self.http.server_address[1]}"
        self.url = f"{self.base}/token"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def info(self, token):
        self.shown.append(token)
        if token not in self.good:
            return 401, {"active": False, "error": "invalid_token"}
        return 200, {"active": True, "email": self.good[token]}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.gate.set()
        self.http.shutdown()
        self.http.server_close()
