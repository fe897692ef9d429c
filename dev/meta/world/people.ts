import { chance, choose } from '../random.ts'

type Names = readonly [string, ...string[]]

interface Group {
  first: Names
  last: Names
}

const UZBEK: readonly [Group, Group] = [
  {
    first: ['Aziza', 'Dilnoza', 'Malika', 'Shahnoza', 'Gulnora', 'Nilufar', 'Sevara'],
    last: ['Karimova', 'Tosheva', 'Ergasheva', 'Saidova', 'Yoʻldosheva', 'Umarova'],
  },
  {
    first: ['Jasur', 'Bekzod', 'Sardor', 'Otabek', 'Ulugʻbek', 'Sherzod', 'Doniyor'],
    last: ['Rahimov', 'Yusupov', 'Nazarov', 'Qodirov', 'Toʻrayev', 'Ismoilov'],
  },
]
const RUSSIAN: readonly [Group, Group] = [
  {
    first: ['Анна', 'Наталья', 'Елена', 'Мария', 'Камила', 'Ольга', 'Динара'],
    last: ['Иванова', 'Хасанова', 'Юлдашева', 'Цой', 'Петрова', 'Ким'],
  },
  {
    first: ['Тимур', 'Рустам', 'Артём', 'Дильшод', 'Сергей', 'Фёдор', 'Азиз'],
    last: ['Абдуллаев', 'Соколов', 'Ким', 'Петров', 'Хасанов', 'Мирзаев'],
  },
]
const CITIES: Names = ['Toshkent', 'Samarqand', 'Andijon', 'Buxoro', 'Namangan']
const OPERATORS: Names = ['90', '91', '93', '94', '97', '99', '88', '33']

/** Somebody who could live in Tashkent; the same luck gives the same person. */
export function person(locale: 'ru_RU' | 'uz_UZ', ...luck: (string | number)[]) {
  const mixed = chance(...luck, 'language') < 0.2
  const [women, men] = (locale === 'uz_UZ') === mixed ? RUSSIAN : UZBEK
  const { first, last } = chance(...luck, 'gender') < 0.6 ? women : men
  const firstName = choose(first, ...luck, 'first')
  const lastName = choose(last, ...luck, 'last')
  const mailbox = Math.floor(chance(...luck, 'mail') * 9000) + 1000
  return {
    firstName,
    lastName,
    fullName: `${firstName} ${lastName}`,
    phone: phone(...luck),
    email: `lead${mailbox}@example.uz`,
    city: choose(CITIES, ...luck, 'city'),
  }
}

// Numbers that begin with 00 after the operator's code are given to nobody.
function phone(...luck: (string | number)[]): string {
  const rest = Math.floor(chance(...luck, 'phone') * 100_000)
  return `+998${choose(OPERATORS, ...luck, 'operator')}00${String(rest).padStart(5, '0')}`
}
