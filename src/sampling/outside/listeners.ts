import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { endianness } from 'node:os';

/** As /proc/net/tcp has it. */
const LISTENING = '0A';
const DIGITS_OF_WORD = /.{8}/g;
/** Where Node puts its inspector by itself. */
const COMMON_PORT = 9229;

/** Where somebody listens: what stands between `http://` and the path. */
export type Address = string;

/** Where the inspector of a process may be reached: all that it listens on where that can be told, as on Linux. */
export function addressesOf(pid: number): Address[] {
  if (process.platform !== 'linux') return [`127.0.0.1:${COMMON_PORT}`];
  const inodes = socketsOf(pid);
  return ['tcp', 'tcp6'].flatMap((table) =>
    rowsOf(`/proc/${pid}/net/${table}`).flatMap(([, local, , state, , , , , , inode]) =>
      state === LISTENING && inodes.has(inode!) ? [addressIn(local!)] : [],
    ),
  );
}

function socketsOf(pid: number): Set<string> {
  const folder = `/proc/${pid}/fd`;
  return new Set(
    readdirSync(folder).flatMap((descriptor) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${descriptor}`))?.[1] ?? [];
      } catch {
        // Closed meanwhile.
        return [];
      }
    }),
  );
}

function rowsOf(file: string): string[][] {
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1);
    return lines.map((line) => line.trim().split(/\s+/));
  } catch {
    // A system without IPv6.
    return [];
  }
}

/** @param text hexadecimal digits: words as the machine has them in memory, and the port as it is */
function addressIn(text: string): Address {
  const [words = '', port = ''] = text.split(':');
  const bytes = (words.match(DIGITS_OF_WORD) ?? []).map((word) => {
    const inOrder = Buffer.from(word, 'hex');
    return endianness() === 'LE' ? inOrder.reverse() : inOrder;
  });
  return `${hostOf(Buffer.concat(bytes))}:${Number.parseInt(port, 16)}`;
}

/** What listens everywhere is reached on loopback. */
function hostOf(bytes: Buffer): string {
  const isAny = bytes.every((byte) => byte === 0);
  if (bytes.length === 4) return isAny ? '127.0.0.1' : bytes.join('.');
  if (isAny) return '[::1]';
  const groups = Array.from({ length: 8 }, (_, group) => bytes.readUInt16BE(2 * group).toString(16));
  return `[${groups.join(':')}]`;
}
