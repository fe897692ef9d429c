import css from './segmented.module.css'

interface SegmentedProps<Value extends string> {
  label: string
  value: Value | null
  options: readonly { value: Value; text: string }[]
  onChange: (value: Value) => void
}

/** One of a few, all in sight; on a narrow screen it scrolls sideways. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { label, value, options, onChange } = props
  return (
    <div className={css['scroll']}>
      <div className={css['group']} role="group" aria-label={label}>
        {options.map((option) => (
          <button
            key={option.value}
            type="button"
            className={css['option']}
            aria-pressed={option.value === value}
            onClick={() => onChange(option.value)}
          >
            {option.text}
          </button>
        ))}
      </div>
    </div>
  )
}
