const PATHS = {
  overview: 'M4 19V11M10 19V5M16 19v-6M21 19H3',
  leads: 'M4 5h16v10H9l-5 4V5ZM8 9h8M8 12h5',
  reports: 'M7 3h7l5 5v13H7V3ZM14 3v5h5M10 13h6M10 17h6',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
  phone:
    'M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3Z',
  mail: 'M3 6h18v12H3V6ZM3 7l9 6 9-6',
  send: 'M21 4 3 11l6 2.5L12 20l2.5-5L21 4ZM9 13.5 21 4',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20 20l-4-4',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  check: 'M5 13l4 4L19 7',
  refresh: 'M20 12a8 8 0 1 1-2.5-5.8M20 3v4h-4',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  copy: 'M9 9h11v11H9V9ZM5 15H4V4h11v1',
  warning: 'M12 4 2.5 20h19L12 4ZM12 10v5M12 17.5v.5',
  offline:
    'M3 3l18 18M5 12a10 10 0 0 1 4-2.4M2 9a14 14 0 0 1 4-2.6M19 12a10 10 0 0 0-3-2M22 9a14 14 0 0 0-10-3.9M8.5 15.5a5 5 0 0 1 7 0M12 19v.1',
  calendar: 'M4 6h16v14H4V6ZM4 10h16M8 3v4M16 3v4',
  key: 'M14 14a5 5 0 1 0-4-4L3 17v4h4l1-1v-2h2v-2h2l2-2ZM16.5 7.5v.1',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 20c0-4 4-6 8-6s8 2 8 6',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  external: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  up: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
} as const

export type IconName = keyof typeof PATHS

/** A small drawing beside words; it says nothing to those who listen. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
