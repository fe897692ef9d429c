import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChoice } from '../choice.ts'
import { languageChoice, LOCALES } from '../language.ts'
import { useMe } from '../session.ts'
import { themeChoice, THEMES } from '../theme.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Segmented } from '../ui/segmented.tsx'
import css from './user-menu.module.css'
import { useLeave } from './use-leave.ts'

const LANGUAGES = { ru: 'Русский', en: 'English', uz: 'O‘zbekcha' } as const

/** Who is signed in; opens language, look and the way out. */
export function UserMenu({ isWide }: { isWide: boolean }) {
  const { t } = useTranslation()
  const me = useMe()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className={isWide ? css['wide'] : css['round']}
        aria-haspopup="dialog"
        aria-label={t('menu.open', { name: me.name })}
        onClick={() => setIsOpen(true)}
      >
        <Avatar name={me.name} />
        {isWide && <Who />}
      </button>
      {isOpen && (
        <Dialog title={me.name} onClose={() => setIsOpen(false)}>
          <Menu />
        </Dialog>
      )}
    </>
  )
}

function Who() {
  const { t } = useTranslation()
  const { name, role } = useMe()
  return (
    <span className={css['who']}>
      <b dir="auto">{name}</b>
      <small>{t(`role.${role}`)}</small>
    </span>
  )
}

function Menu() {
  const { t } = useTranslation()
  const me = useMe()
  const language = useChoice(languageChoice)
  const theme = useChoice(themeChoice)
  const leave = useLeave()
  return (
    <div className={css['menu']}>
      <p className={css['role']}>{t(`role.${me.role}`)}</p>
      <h3>{t('menu.language')}</h3>
      <Segmented
        label={t('menu.language')}
        value={language}
        options={LOCALES.map((value) => ({ value, text: LANGUAGES[value] }))}
        onChange={languageChoice.set}
      />
      <h3>{t('menu.theme')}</h3>
      <Segmented
        label={t('menu.theme')}
        value={theme}
        options={THEMES.map((value) => ({ value, text: t(`theme.${value}`) }))}
        onChange={themeChoice.set}
      />
      <Button look="danger" isBusy={leave.isPending} onClick={() => leave.mutate()}>
        {t('menu.leave')}
      </Button>
    </div>
  )
}
