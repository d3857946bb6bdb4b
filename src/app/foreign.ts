/** A network address of another origin; blob: and data: stay inside the page. */
export function isForeign(address: string, origin = location.origin): boolean {
  const url = new URL(address, origin);
  return /^(https?|wss?):$/.test(url.protocol) && url.origin !== origin;
}
