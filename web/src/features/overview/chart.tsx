import {
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import type { Formats } from '../../format.ts'
import type { ChartDay } from './chart-data.ts'
import { ChartTip } from './chart-tip.tsx'

interface ChartProps {
  days: ChartDay[]
  currency: string
  formats: Formats
}

const AXIS = {
  axisLine: false,
  tickLine: false,
  tick: { fill: 'var(--ink-3)', fontSize: 12 },
} as const

/** Leads as bars, spend as a line, a day each. */
export default function Chart({ days, currency, formats }: ChartProps) {
  return (
    <ResponsiveContainer width="100%" height={260}>
      <ComposedChart data={days} margin={{ top: 8, right: 0, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          {...AXIS}
          dataKey="date"
          tickFormatter={formats.shortDay}
          minTickGap={28}
          tickMargin={8}
        />
        <YAxis {...AXIS} yAxisId="leads" width={34} allowDecimals={false} />
        <YAxis
          {...AXIS}
          yAxisId="spend"
          orientation="right"
          width={46}
          tickFormatter={(value: number) => formats.number(value)}
        />
        <Tooltip
          cursor={{ fill: 'var(--sunken)' }}
          isAnimationActive={false}
          content={<ChartTip days={days} currency={currency} formats={formats} />}
        />
        <Bar
          yAxisId="leads"
          dataKey="leads"
          fill="var(--leads)"
          fillOpacity={0.85}
          radius={[4, 4, 0, 0]}
          maxBarSize={34}
          isAnimationActive={false}
        />
        <Line
          yAxisId="spend"
          dataKey="spend"
          type="monotone"
          stroke="var(--spend)"
          strokeWidth={2}
          dot={false}
          activeDot={{ r: 4, strokeWidth: 0 }}
          isAnimationActive={false}
        />
      </ComposedChart>
    </ResponsiveContainer>
  )
}
