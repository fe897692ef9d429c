import type { Ad, AdSet, Campaign } from './ads.ts'

type AdPlan = Pick<Ad, 'name' | 'formId' | 'pace'>
type AdSetPlan = Pick<AdSet, 'name' | 'goal' | 'destination'> & { ads: readonly AdPlan[] }
type CampaignPlan = Omit<Campaign, 'id'> & { sets: readonly AdSetPlan[] }

const TASHKENT = '998877665544332'
const LOS_ANGELES = '887766554433221'
const TOKYO = '776655443322110'

const onForm = { goal: 'LEAD_GENERATION', destination: 'ON_AD' }

/** The advertising of the three accounts: what each campaign is made of and how it does. */
export const CAMPAIGN_PLANS: readonly CampaignPlan[] = [
  {
    accountId: TASHKENT,
    name: 'Английский | Лиды | Ташкент',
    objective: 'OUTCOME_LEADS',
    dailyBudget: '2200',
    startedDaysAgo: 70,
    sets: [
      {
        name: 'Ташкент 25–45',
        ...onForm,
        ads: [
          {
            name: 'Видео: пробный урок',
            formId: '778812345678901',
            pace: { spend: 9, cpm: 2.3, ctr: 2.8, formLead: 3.1, siteLead: 14 },
          },
          {
            name: 'Карусель: группы',
            formId: '778812345678901',
            pace: { spend: 5, cpm: 2.1, ctr: 2.2, formLead: 3.9 },
          },
        ],
      },
      {
        name: 'Похожие на учеников',
        ...onForm,
        ads: [
          {
            name: 'Отзыв ученицы',
            formId: '778812345678901',
            pace: { spend: 7, cpm: 2.9, ctr: 3.4, formLead: 2.6 },
          },
        ],
      },
    ],
  },
  {
    accountId: TASHKENT,
    name: 'Ingliz tili | Viloyatlar',
    objective: 'OUTCOME_LEADS',
    startedDaysAgo: 56,
    sets: [
      {
        name: 'Samarqand va Andijon 18–35',
        ...onForm,
        ads: [
          {
            name: 'Birinchi dars bepul',
            formId: '778812345678902',
            pace: { spend: 8, cpm: 1.4, ctr: 3.1, formLead: 1.9 },
          },
        ],
      },
    ],
  },
  {
    accountId: TASHKENT,
    name: 'Имплантация | Лиды и сайт',
    objective: 'OUTCOME_LEADS',
    dailyBudget: '1800',
    startedDaysAgo: 63,
    sets: [
      {
        name: 'Ташкент 35–60',
        ...onForm,
        ads: [
          {
            name: 'Цена под ключ',
            formId: '889923456789012',
            pace: { spend: 10, cpm: 3.4, ctr: 1.9, formLead: 5.2, siteLead: 9 },
          },
          {
            name: 'Врач отвечает',
            formId: '889923456789011',
            pace: { spend: 6, cpm: 3.1, ctr: 2.0, formLead: 4.4 },
          },
        ],
      },
    ],
  },
  {
    accountId: TASHKENT,
    name: 'IELTS интенсив | Осень',
    objective: 'OUTCOME_LEADS',
    dailyBudget: '1200',
    startedDaysAgo: 68,
    ended: { status: 'PAUSED', daysAgo: 21 },
    sets: [
      {
        name: 'Студенты 17–24',
        ...onForm,
        ads: [
          {
            name: 'Балл 7.0 за три месяца',
            formId: '778812345678901',
            pace: { spend: 11, cpm: 2.5, ctr: 2.4, formLead: 3.6 },
          },
        ],
      },
    ],
  },
  {
    accountId: TASHKENT,
    name: 'Летний лагерь 2026',
    objective: 'OUTCOME_LEADS',
    dailyBudget: '900',
    startedDaysAgo: 110,
    ended: { status: 'DELETED', daysAgo: 62 },
    sets: [
      {
        name: 'Родители',
        ...onForm,
        ads: [
          {
            name: 'Горы и английский',
            formId: '778812345678903',
            pace: { spend: 8, cpm: 2.2, ctr: 2.1, formLead: 6 },
          },
        ],
      },
    ],
  },
  {
    accountId: TASHKENT,
    name: 'Сообщения в Direct',
    objective: 'OUTCOME_ENGAGEMENT',
    dailyBudget: '700',
    startedDaysAgo: 42,
    sets: [
      {
        name: 'Ташкент, широкая',
        goal: 'CONVERSATIONS',
        destination: 'INSTAGRAM_DIRECT',
        ads: [{ name: 'Напишите нам', pace: { spend: 6, cpm: 1.8, ctr: 1.6, message: 0.9 } }],
      },
    ],
  },
  {
    accountId: TASHKENT,
    name: 'Охват | Бренд-видео',
    objective: 'OUTCOME_AWARENESS',
    dailyBudget: '500',
    startedDaysAgo: 35,
    sets: [
      {
        name: 'Весь Ташкент',
        goal: 'REACH',
        ads: [{ name: 'Бренд-видео 15 с', pace: { spend: 4.5, cpm: 0.6, ctr: 0.35 } }],
      },
    ],
  },
  {
    accountId: TASHKENT,
    name: 'Новый год — готовится',
    objective: 'OUTCOME_LEADS',
    dailyBudget: '1500',
    startedDaysAgo: 3,
    // Active and yet without a single impression: its rows are absent, not zero.
    sets: [
      {
        name: 'Ташкент',
        ...onForm,
        ads: [{ name: 'Скидка до 31 декабря', pace: { spend: 0, cpm: 2, ctr: 2 } }],
      },
    ],
  },
  {
    accountId: LOS_ANGELES,
    name: 'Russian-speaking LA | Leads',
    objective: 'OUTCOME_LEADS',
    dailyBudget: '6000',
    startedDaysAgo: 60,
    sets: [
      {
        name: 'West Hollywood 25-55',
        ...onForm,
        ads: [
          {
            name: 'English evenings',
            formId: '778812345678901',
            pace: { spend: 41, cpm: 12.5, ctr: 1.4, formLead: 24 },
          },
        ],
      },
    ],
  },
  {
    accountId: LOS_ANGELES,
    name: 'Landing page | Traffic',
    objective: 'OUTCOME_TRAFFIC',
    dailyBudget: '2000',
    startedDaysAgo: 30,
    sets: [
      {
        name: 'LA broad',
        goal: 'LANDING_PAGE_VIEWS',
        ads: [{ name: 'Free level test', pace: { spend: 17, cpm: 9, ctr: 1.8 } }],
      },
    ],
  },
  {
    accountId: TOKYO,
    name: '英会話 | リード',
    objective: 'OUTCOME_LEADS',
    dailyBudget: '5000',
    startedDaysAgo: 45,
    sets: [
      {
        name: '東京 20-40',
        ...onForm,
        ads: [
          {
            name: '無料体験',
            formId: '778812345678901',
            pace: { spend: 4200, cpm: 900, ctr: 1.2, formLead: 2600 },
          },
        ],
      },
    ],
  },
  {
    accountId: LOS_ANGELES,
    name: 'Online course | Sales',
    objective: 'OUTCOME_SALES',
    dailyBudget: '3000',
    startedDaysAgo: 40,
    sets: [
      {
        name: 'LA lookalike of students',
        goal: 'OFFSITE_CONVERSIONS',
        ads: [
          {
            name: 'Twelve lessons at home',
            pace: { spend: 24, cpm: 11, ctr: 1.6, purchase: 7, order: 49 },
          },
        ],
      },
    ],
  },
]
