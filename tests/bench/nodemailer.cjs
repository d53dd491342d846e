// SPDX-License-Identifier: ISC
// nodemailer as a sender of bulk mail: one pooled transport, the same letter
// over and over.  usage: nodemailer.cjs PORT LETTER COUNT CONNECTIONS CA|-
"use strict";
const fs = require("fs");
const nodemailer = require("nodemailer");

const [port, file, count, connections, ca] = process.argv.slice(2);
const letter = fs.readFileSync(file);
const transport = nodemailer.createTransport({
    host: "localhost",
    port: Number(port),
    pool: true,
    maxConnections: Number(connections),
    maxMessages: Infinity,
    secure: false,
    ignoreTLS: ca === "-",
    requireTLS: ca !== "-",
    tls: ca === "-" ? {} : { ca: fs.readFileSync(ca) },
});
let begun = 0;
let ended = 0;

function send() {
    begun++;
    transport.sendMail({
        envelope: { from: "tg@lo-aarhus.dk", to: "laeser@laeserne.example" },
        raw: letter,
    }, (error) => {
        if (error) {
            console.error(error);
            process.exit(1);
        }
        if (++ended === Number(count))
            transport.close();
        else
            more();
    });
}

// As many in its queue as it has connections, and as many again.
function more() {
    while (begun < Number(count) && begun - ended < 2 * Number(connections))
        send();
}

more();
