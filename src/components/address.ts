// The address as it is now. A component's own parameters are those of its last drawing: what acts later than that, a timer or a
// finished job, would put back what a click has changed meanwhile.

/** Route and parameters behind the number sign. */
export function currentAddress(): { route: string; params: URLSearchParams } {
  const [route = '', query = ''] = location.hash.split('?');
  return { route, params: new URLSearchParams(query) };
}
