// An identity provider for tests: it asks for consent on a page of its own and signs with a key of its own.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Provider {
  /** Who gives consent. */
  person = { sub: 'u-1', email: 'lee@acme.test', email_verified: true };
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private readonly asked = new Map<string, URLSearchParams>();

  private constructor(
    private readonly http: HttpServer,
    readonly issuer: string,
  ) {}

  static async start(): Promise<Provider> {
    const http = createServer();
    await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
    const provider = new Provider(http, `http://127.0.0.1:${(http.address() as AddressInfo).port}`);
    http.on('request', (request, response) => {
      void provider.answer(request).then(({ type, body, status = 200 }) => {
        response.writeHead(status, { 'content-type': type });
        response.end(body);
      });
    });
    return provider;
  }

  stop(): void {
    this.http.close();
    this.http.closeAllConnections();
  }

  private async answer(request: IncomingMessage): Promise<{ type: string; body: string; status?: number }> {
    const url = new URL(request.url ?? '/', this.issuer);
    const json = (value: unknown, status = 200) => ({ type: 'application/json', body: JSON.stringify(value), status });
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json({
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/keys`,
        });
      case '/keys':
        return json({ keys: [{ ...this.keys.publicKey.export({ format: 'jwk' }), kid: '1' }] });
      case '/authorize':
        return { type: 'text/html', body: this.consent(url.searchParams) };
      case '/token':
        return json(...this.token(new URLSearchParams(await text(request))));
      default:
        return json({}, 404);
    }
  }

  /** The page that asks. */
  private consent(asked: URLSearchParams): string {
    const code = `code-${this.asked.size}`;
    this.asked.set(code, asked);
    const back = (answer: Record<string, string>) =>
      `${asked.get('redirect_uri')}?${new URLSearchParams({ ...answer, state: asked.get('state') ?? '' })}`.replaceAll('&', '&amp;');
    return `<!DOCTYPE html><html lang="en"><title>Acme</title><link rel="icon" href="data:,"><h1>Acme</h1>
      <a href="${back({ code })}">Allow</a> <a href="${back({ error: 'access_denied' })}">Deny</a></html>`;
  }

  private token(form: URLSearchParams): [unknown, number] {
    const asked = this.asked.get(form.get('code') ?? '');
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (!this.asked.delete(form.get('code') ?? '') || asked?.get('code_challenge') !== challenge) {
      return [{ error: 'invalid_grant' }, 400];
    }
    const now = Math.floor(Date.now() / 1000);
    const claims = { ...this.person, iss: this.issuer, aud: asked.get('client_id'), nonce: asked.get('nonce'), iat: now, exp: now + 60 };
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const message = `${part({ alg: 'ES256', kid: '1' })}.${part(claims)}`;
    const signature = sign('sha256', Buffer.from(message), { key: this.keys.privateKey, dsaEncoding: 'ieee-p1363' });
    return [{ access_token: 'a', token_type: 'Bearer', id_token: `${message}.${signature.toString('base64url')}` }, 200];
  }
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
