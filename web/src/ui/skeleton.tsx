import { useTranslation } from 'react-i18next'
import css from './skeleton.module.css'

/** Where something will stand that is still being read; `height` in pixels. */
export function Skeleton({ height, width = '100%' }: { height: number; width?: string }) {
  return <span className={css['bone']} style={{ height, width }} aria-hidden="true" />
}

/** Rows that are still being read. */
export function SkeletonList({ rows, height = 64 }: { rows: number; height?: number }) {
  const { t } = useTranslation()
  return (
    <div className={css['list']} role="status" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, n) => (
        <Skeleton key={n} height={height} />
      ))}
    </div>
  )
}
