/** A Facebook page and the forms that its ads open. */
export interface Page {
  id: string
  name: string
  category: string
  /** What the page shows above its forms. */
  motto: string
}

/** A question of an instant form; `options` make it a choice. */
export interface Question {
  key: string
  label: string
  type: 'FULL_NAME' | 'FIRST_NAME' | 'LAST_NAME' | 'PHONE' | 'EMAIL' | 'CITY' | 'CUSTOM'
  /** A lead holds the key of an option, not its words. */
  options?: readonly { key: string; value: string }[]
  multiple?: true
  optional?: true
  /** What people type into a custom question, for the seeded leads. */
  samples?: readonly [string, ...string[]]
}

/** An instant form of a page. */
export interface Form {
  id: string
  pageId: string
  name: string
  locale: 'ru_RU' | 'uz_UZ'
  status: 'ACTIVE' | 'ARCHIVED'
  headline: string
  intro: string
  questions: readonly Question[]
  /** Extra consents below the privacy policy; the answer is a `custom_disclaimer_response`. */
  disclaimers: readonly { key: string; text: string; required: boolean }[]
  thanks: string
}

/** The pages that the person runs. */
export const PAGES: readonly Page[] = [
  {
    id: '102938475610293',
    name: 'Lingua Tashkent',
    category: 'Education',
    motto: 'Курсы английского в Ташкенте',
  },
  {
    id: '204817365920471',
    name: 'Dent Lux — стоматология',
    category: 'Dentist & Dental Office',
    motto: 'Клиника на Чиланзаре',
  },
]

const option = (key: string, value: string) => ({ key, value })

/** Their forms. */
export const FORMS: readonly Form[] = [
  {
    id: '778812345678901',
    pageId: '102938475610293',
    name: 'Английский — пробный урок',
    locale: 'ru_RU',
    status: 'ACTIVE',
    headline: 'Бесплатный пробный урок английского',
    intro: 'Определим ваш уровень за 20 минут и подберём группу рядом с домом.',
    questions: [
      {
        key: 'какой_курс_вас_интересует?',
        label: 'Какой курс вас интересует?',
        type: 'CUSTOM',
        options: [
          option('разговорный', 'Разговорный'),
          option('ielts', 'IELTS'),
          option('для_детей', 'Для детей'),
          option('для_бизнеса', 'Для бизнеса'),
        ],
      },
      {
        key: 'когда_вам_удобно_заниматься?',
        label: 'Когда вам удобно заниматься? Можно выбрать несколько',
        type: 'CUSTOM',
        multiple: true,
        options: [
          option('утром', 'Утром'),
          option('днём', 'Днём'),
          option('вечером', 'Вечером'),
          option('в_выходные', 'В выходные'),
        ],
      },
      { key: 'full_name', label: 'Полное имя', type: 'FULL_NAME' },
      { key: 'phone_number', label: 'Номер телефона', type: 'PHONE' },
      { key: 'email', label: 'Эл. почта', type: 'EMAIL', optional: true },
    ],
    disclaimers: [],
    thanks: 'Спасибо! Перезвоним в течение 15 минут.',
  },
  {
    id: '778812345678902',
    pageId: '102938475610293',
    name: 'Ingliz tili kursi',
    locale: 'uz_UZ',
    status: 'ACTIVE',
    headline: 'Ingliz tilini 4 oyda o‘rganing',
    intro: 'Birinchi dars bepul. Guruhlar Toshkent, Samarqand va Andijonda.',
    questions: [
      {
        key: 'qaysi_kurs_qiziqtiradi?',
        label: 'Qaysi kurs qiziqtiradi?',
        type: 'CUSTOM',
        options: [
          option('ingliz_tili', 'Ingliz tili'),
          option('ielts', 'IELTS'),
          option('bolalar_uchun', 'Bolalar uchun'),
        ],
      },
      {
        key: 'yoshingiz_nechada?',
        label: 'Yoshingiz nechada?',
        type: 'CUSTOM',
        samples: ['16', '19 yosh', '23', '31 da'],
      },
      { key: 'full_name', label: 'Ism va familiya', type: 'FULL_NAME' },
      { key: 'phone_number', label: 'Telefon raqami', type: 'PHONE' },
      { key: 'city', label: 'Shahar', type: 'CITY', optional: true },
    ],
    disclaimers: [],
    thanks: 'Rahmat! Tez orada qo‘ng‘iroq qilamiz.',
  },
  {
    id: '778812345678903',
    pageId: '102938475610293',
    name: 'Летний лагерь 2026',
    locale: 'ru_RU',
    status: 'ARCHIVED',
    headline: 'Летний языковой лагерь',
    intro: 'Две недели английского в горах для детей 8–14 лет.',
    questions: [
      {
        key: 'возраст_ребёнка',
        label: 'Возраст ребёнка',
        type: 'CUSTOM',
        samples: ['8', '10 лет', '12', '13-14'],
      },
      { key: 'full_name', label: 'Полное имя', type: 'FULL_NAME' },
      { key: 'phone_number', label: 'Номер телефона', type: 'PHONE' },
    ],
    disclaimers: [],
    thanks: 'Спасибо за заявку!',
  },
  {
    id: '889923456789011',
    pageId: '204817365920471',
    name: 'Бесплатная консультация',
    locale: 'ru_RU',
    status: 'ACTIVE',
    headline: 'Консультация и снимок бесплатно',
    intro: 'Врач осмотрит, сделает снимок и составит план лечения.',
    questions: [
      {
        key: 'бўйин_оғриғи',
        label: 'Бўйин оғриғи безовта қиладими?',
        type: 'CUSTOM',
        options: [option('ҳа', 'Ҳа'), option('йўқ', 'Йўқ'), option('баъзан', 'Баъзан')],
      },
      { key: 'first_name', label: 'Имя', type: 'FIRST_NAME' },
      { key: 'last_name', label: 'Фамилия', type: 'LAST_NAME' },
      { key: 'phone_number', label: 'Номер телефона', type: 'PHONE' },
      { key: 'email', label: 'Эл. почта', type: 'EMAIL', optional: true },
    ],
    disclaimers: [
      { key: 'optional_1', text: 'Согласен получать сообщения в Telegram', required: false },
      { key: 'optional_2', text: 'Хочу узнавать об акциях клиники', required: false },
    ],
    thanks: 'Спасибо! Администратор напишет вам сегодня.',
  },
  {
    id: '889923456789012',
    pageId: '204817365920471',
    name: 'Имплантация: расчёт стоимости',
    locale: 'ru_RU',
    status: 'ACTIVE',
    headline: 'Узнайте цену имплантации',
    intro: 'Ответьте на три вопроса и получите расчёт в мессенджере.',
    questions: [
      {
        key: 'сколько_зубов_восстановить?',
        label: 'Сколько зубов восстановить?',
        type: 'CUSTOM',
        options: [option('один', 'Один'), option('два_три', 'Два-три'), option('все', 'Все')],
      },
      { key: 'full_name', label: 'Полное имя', type: 'FULL_NAME' },
      {
        key: 'телефон_для_связи',
        label: 'Телефон для связи',
        type: 'CUSTOM',
        // A custom question is not checked by Meta: people type what they like.
        samples: ['901234567', '+998 90 123-45-67', '8 90 123 45 67', '998901234567'],
      },
    ],
    disclaimers: [],
    thanks: 'Спасибо! Расчёт придёт в течение часа.',
  },
]
