import type { Scope } from './access.ts'

/** The languages of the dialog. */
export type Language = 'ru' | 'en'

/** Why the dialog cannot ask anybody anything. */
export type DialogProblem = 'unknown_app' | 'blocked_url' | 'response_type'

interface Texts {
  title: string
  asks: string
  signedInAs: string
  pages: string
  continue: string
  cancel: string
  always: string
  note: string
  scopes: Record<Scope, string>
  problems: Record<DialogProblem, { title: string; text: string }>
}

/** Everything that the dialog says. */
export const TEXTS: Record<Language, Texts> = {
  ru: {
    title: 'Вход для бизнеса',
    asks: 'TargetBot запрашивает доступ',
    signedInAs: 'Вы вошли как',
    pages: 'Страницы, которые будут подключены',
    continue: 'Продолжить',
    cancel: 'Отмена',
    always: 'Имя и фото профиля — обязательно',
    note: 'Это локальный двойник Meta: настоящий аккаунт не нужен и не затрагивается.',
    scopes: {
      public_profile: 'Имя и фото профиля',
      ads_read: 'Видеть статистику рекламы',
      ads_management: 'Управлять рекламой: приостанавливать кампании',
      business_management: 'Видеть активы компании',
      leads_retrieval: 'Получать заявки из форм',
      pages_show_list: 'Видеть список ваших страниц',
      pages_read_engagement: 'Читать публикации и реакции страниц',
      pages_manage_metadata: 'Подписываться на события страниц',
      pages_manage_ads: 'Управлять рекламой страниц',
    },
    problems: {
      unknown_app: {
        title: 'Приложение не найдено',
        text: 'Параметр client_id не совпадает с приложением этого стенда.',
      },
      blocked_url: {
        title: 'URL заблокирован',
        text: 'Переадресация не удалась: адрес redirect_uri не разрешён для приложения.',
      },
      response_type: {
        title: 'Неверный запрос',
        text: 'Стенд знает только response_type=code.',
      },
    },
  },
  en: {
    title: 'Login for Business',
    asks: 'TargetBot is asking for access',
    signedInAs: 'You are signed in as',
    pages: 'Pages to be connected',
    continue: 'Continue',
    cancel: 'Cancel',
    always: 'Name and profile picture — required',
    note: 'This is a local stand-in of Meta: no real account is needed or touched.',
    scopes: {
      public_profile: 'Name and profile picture',
      ads_read: 'See the statistics of your ads',
      ads_management: 'Manage your ads: pause campaigns',
      business_management: 'See the assets of your business',
      leads_retrieval: 'Receive leads from your forms',
      pages_show_list: 'See the list of your Pages',
      pages_read_engagement: 'Read posts and reactions of your Pages',
      pages_manage_metadata: 'Subscribe to events of your Pages',
      pages_manage_ads: 'Manage ads of your Pages',
    },
    problems: {
      unknown_app: {
        title: 'App not found',
        text: 'The client_id is not that of the app of this stand-in.',
      },
      blocked_url: {
        title: 'URL blocked',
        text: 'This redirect failed because the redirect_uri is not allowed for the app.',
      },
      response_type: {
        title: 'Invalid request',
        text: 'The stand-in knows response_type=code alone.',
      },
    },
  },
}
