// Keys as people read them, after they were moved.

const NAMES: Record<string, string> = {
  ' ': 'Space',
  Escape: 'Esc',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};

const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);

/** `Shift+ArrowLeft` → `Shift ←`; `P` → `Shift P`; `Control+k` → `Ctrl K`, on a Mac `⌘ K`. */
export function describeKey(key: string): string {
  if (/^[A-Z]$/.test(key)) return `Shift ${key}`;
  if (key.startsWith('Control+')) return `${isMac() ? '⌘' : 'Ctrl'} ${key.slice('Control+'.length).toUpperCase()}`;
  const [last = ''] = /\w+$| $/.exec(key) ?? [];
  return key.replace(/^Shift\+/, 'Shift ').replace(/\w+$| $/, NAMES[last] ?? last);
}

/** The key that is pressed for a usual one; both keys of `g d`. */
export function ownKey(key: string, map: Readonly<Record<string, string>>): string {
  const own = (usual: string) => Object.keys(map).find((pressed) => map[pressed] === usual) ?? usual;
  return key.length > 1 && key.includes(' ') ? key.split(' ').map(own).join(' ') : own(key);
}
