import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { useChoice } from '../../choice.ts'
import { languageChoice, LOCALES } from '../../language.ts'
import { Notice } from '../../ui/notice.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import css from './sign-in-page.module.css'

const SHORT = { ru: 'Рус', en: 'Eng', uz: 'O‘zb' } as const

/** How to come in: the bot gives everybody a link of their own. */
export default function SignInPage() {
  const { t } = useTranslation()
  const language = useChoice(languageChoice)
  const [params] = useSearchParams()
  const problem = params.get('problem')
  return (
    <main className={css['page']}>
      <title>{`${t('sign_in.title')} · TargetBot`}</title>
      <div className={css['card']}>
        <img src="/portal/icon.svg" width={52} height={52} alt="" />
        <h1>{t('sign_in.title')}</h1>
        {problem === 'link' && (
          <Notice tone="warn" icon="link">
            {t('sign_in.problem.link')}
          </Notice>
        )}
        {problem === 'admin' && (
          <Notice tone="warn" icon="key">
            {t('sign_in.problem.admin')}
          </Notice>
        )}
        <ol className={css['steps']}>
          <li>{t('sign_in.step_open')}</li>
          <li>
            {t('sign_in.step_send')} <code className={css['command']}>/portal</code>
          </li>
          <li>{t('sign_in.step_press')}</li>
        </ol>
        <p className={css['hint']}>{t('sign_in.hint')}</p>
      </div>
      <Segmented
        label={t('menu.language')}
        value={language}
        options={LOCALES.map((value) => ({ value, text: SHORT[value] }))}
        onChange={languageChoice.set}
      />
    </main>
  )
}
