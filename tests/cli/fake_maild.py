# SPDX-License-Identifier: ISC
"""A daemon that answers what a test tells it, on a Unix socket."""
import http.server
import json
import os
import socketserver
import threading


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class FakeMaild:
    """answers: {"GET /v1/status": answer or [answer, answer, ...]}; an answer
    is a dict, or (status, dict), or bytes; a function is called with the
    request.  Of a list each is given once, the last one for ever.  What was
    asked stands in self.asked as (method and path, body)."""

    def __init__(self, path, answers):
        self.path = str(path)
        self.answers = answers
        self.asked = []
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def address_string(self):
                return "unix"

            def log_message(self, *words):
                pass

            def read_body(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    length = int(self.headers.get("Content-Length", 0))
                    return self.rfile.read(length)
                body = b""
                while True:
                    length = int(self.rfile.readline(), 16)
                    body += self.rfile.read(length)
                    self.rfile.readline()
                    if length == 0:
                        return body

            def answer(self):
                asked = f"{self.command} {self.path}"
                body = self.read_body()
                fake.asked.append((asked, body))
                status, answer = fake.pick(asked, body)
                if answer is None:
                    self.close_connection = True
                    return
                if not isinstance(answer, bytes):
                    answer = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_DELETE = answer

        self.server = Server(self.path, Handler)
        self.thread = threading.Thread(
            target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def pick(self, asked, body):
        answer = self.answers.get(asked, (404, {
            "error": f"no such thing: {asked}", "hint": "Look again."}))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if callable(answer):
            answer = answer(body)
        return answer if isinstance(answer, tuple) else (200, answer)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        os.unlink(self.path)
