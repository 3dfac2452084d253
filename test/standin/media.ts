const byExtension: Readonly<Record<string, string>> = {
  txt: 'text/plain; charset=utf-8',
  log: 'text/plain; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  gif: 'image/gif',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  gz: 'application/gzip',
  zip: 'application/zip',
};

export function contentTypeOf(filename: string, sent: string): string {
  if (sent !== '' && sent !== 'application/octet-stream') return sent;
  return byExtension[filename.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Width and height of a PNG, as Discord adds them to attachments; nothing for anything else. */
export function imageSize(bytes: Uint8Array): { width?: number; height?: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 24));
  if (buffer.length < 24 || !buffer.subarray(0, 8).equals(PNG_SIGNATURE)) return {};
  return { width: buffer.readUInt32BE(16), height: buffer.readUInt32BE(20) };
}
