/** The mark: an answer's four paragraphs, the rewarded one lit. */
export function BrandMark() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden focusable="false">
      <g strokeWidth="2.6" strokeLinecap="round">
        <path d="M3 4h16M3 9h11.5M3 19h8.5" stroke="var(--ink)" opacity="0.72" />
        <path d="M3 14h16" stroke="var(--signal)" />
      </g>
    </svg>
  );
}
