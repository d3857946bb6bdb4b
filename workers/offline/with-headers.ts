// The headers that make a page isolated and strict, put on answers of hosts that do not send them.

/** A response with what it lacks of `wanted`; a header that is there stays. One that lacks nothing comes back as it is. */
export function withHeaders(response: Response, wanted: Readonly<Record<string, string>>): Response {
  const missing = Object.entries(wanted).filter(([name]) => !response.headers.has(name));
  if (missing.length === 0 || response.type === 'opaque' || response.type === 'error') return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of missing) headers.set(name, value);
  const hasBody = response.status !== 204 && response.status !== 304;
  return new Response(hasBody ? response.body : null, { status: response.status, statusText: response.statusText, headers });
}
