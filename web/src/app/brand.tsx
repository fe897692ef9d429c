import css from './brand.module.css'

/** The name of the product. */
export function Brand() {
  return (
    <span className={css['brand']}>
      <img src="/portal/icon.svg" width={26} height={26} alt="" />
      TargetBot
    </span>
  )
}
