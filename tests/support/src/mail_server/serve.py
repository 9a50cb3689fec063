"""A mail server for tests. Keeps each message as a file in `mail`: who it is from and to, then the message.

Arguments: security (none, starttls, tls), port, user name, password ("" for both: nobody need sign in)."""

import asyncio
import os
import ssl
import sys
import time
import uuid

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

security, port, user_name, password = sys.argv[1:]


class Keep:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 Nobody here is called so"
        if address.startswith("later@"):
            return "451 4.3.0 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = f"{time.time_ns():020}-{uuid.uuid4().hex}"
        head = f"from {envelope.mail_from}\nto {' '.join(envelope.rcpt_tos)}\nas {session.auth_data and session.auth_data.decode()}\n\n"
        with open(f"mail/{name}.new", "wb") as file:
            file.write(head.encode() + envelope.original_content)
        os.rename(f"mail/{name}.new", f"mail/{name}.eml")
        return f"250 2.0.0 kept as {name}"


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (user_name.encode(), password.encode())
    return AuthResult(success=True, auth_data=data.login) if right else AuthResult(success=False, handled=False)


async def main():
    context = None
    if security != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("server.pem", "server.key")
    options = {"hostname": "mail.example.test"}
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if user_name:
        options |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": security == "starttls"}
    else:
        options |= {"auth_exclude_mechanism": ["PLAIN", "LOGIN"]}
    loop = asyncio.get_running_loop()
    outer = context if security == "tls" else None
    server = await loop.create_server(lambda: SMTP(Keep(), loop=loop, **options), "127.0.0.1", int(port), ssl=outer)
    await server.serve_forever()


asyncio.run(main())
