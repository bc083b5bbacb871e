// Reports as an engine sends them: over HTTP, with an ingest key. Nothing else puts data into a test.
import type { Server } from './server.ts';

/** One report of `server/src/api/openapi.json`; `type` says of what. */
export type Report = Record<string, unknown>;

export class Reporter {
  private constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  static async of(server: Server): Promise<Reporter> {
    const key = (await server.run('key', 'create', '--scope', 'ingest')).trim();
    return new Reporter(server.url, key);
  }

  /** Sends many reports at once; one that is rejected is an error of the test. */
  async send(...reports: Report[]): Promise<void> {
    await this.post('application/json', JSON.stringify(reports));
  }

  /** Sends one report a line, as engines stream them. */
  async sendLines(ndjson: string): Promise<void> {
    await this.post('application/x-ndjson', ndjson);
  }

  /** Sends a file of a run, at the log entry of this key if there is one. */
  async attach(run: string, key: string, name: string, content: string | Uint8Array, log = ''): Promise<void> {
    const query = new URLSearchParams({ key, name, log });
    const response = await fetch(`${this.url}/api/v1/runs/${encodeURIComponent(run)}/files?${query}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.key}`, 'Content-Type': 'application/octet-stream' },
      body: content,
    });
    if (!response.ok) throw new Error(`the file was answered ${response.status}: ${await response.text()}`);
  }

  private async post(type: string, body: string): Promise<void> {
    const response = await fetch(`${this.url}/api/v1/batch`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.key}`, 'Content-Type': type },
      body,
    });
    const text = await response.text();
    if (!response.ok || JSON.parse(text).rejected.length > 0) {
      throw new Error(`the batch was answered ${response.status}: ${text.slice(0, 2_000)}`);
    }
  }
}
