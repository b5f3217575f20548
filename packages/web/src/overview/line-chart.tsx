import type { PointerEvent } from "react";
import type { SeriesPoint } from "../api/types.ts";
import styles from "./line-chart.module.css";
import { PERIOD_WORDS, type Steps } from "./period.ts";
import { areaPath, HEIGHT, linePath, stepTime, timeTicks, valueTicks, WIDTH } from "./scales.ts";
import { type Series, total } from "./series.ts";

interface LineChartProps {
  readonly title: string;
  /** What is counted. */
  readonly meaning: string;
  readonly series: readonly Series[];
  readonly steps: Steps;
  /** Said in place of lines along the bottom. */
  readonly emptyText: string;
  /** Said of steps of which nothing is known. */
  readonly unknownText: string;
  /** The step that is pointed at, in this chart or the one beside it. */
  readonly pointed: number | undefined;
  readonly onPoint: (index: number | undefined) => void;
}

/** A picture for the eyes; for everybody else its label says the totals, and the table the rest. */
export function LineChart(props: LineChartProps) {
  const { title, meaning, series, steps, emptyText, unknownText, pointed, onPoint } = props;
  const { points, period } = steps;
  const isEmpty = series.every(({ of }) => total(points, of) === 0);
  const totals = series.map(({ of, name }) => `${name} ${total(points, of).toLocaleString()}`).join(", ");
  const shown = pointed ?? points.length - 1;
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.caption}>
        <div>
          <h3>{title}</h3>
          <p className={styles.meaning}>{meaning}</p>
        </div>
        <ul className={styles.legend}>
          {series.map(({ of, name, color, dash }) => (
            <li key={of} className={styles.key}>
              <svg width="18" height="8" aria-hidden="true" focusable="false">
                <line
                  x1="1"
                  x2="17"
                  y1="4"
                  y2="4"
                  stroke={`var(${color})`}
                  strokeWidth="2.5"
                  strokeDasharray={dash}
                />
              </svg>
              {name}
              <strong>{total(points, of).toLocaleString()}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <div
        className={styles.frame}
        role="img"
        aria-label={`${title} of ${PERIOD_WORDS[period].text}: ${totals}`}
        data-chart
      >
        {isEmpty ? (
          <span className={styles.empty}>{emptyText}</span>
        ) : (
          <Plot {...{ series, steps, unknownText, pointed, onPoint }} />
        )}
      </div>
      <div className={styles.readout} aria-hidden="true">
        {[stepTime(steps, shown), ...readout(points[shown], series)].join(" · ")}
      </div>
    </figure>
  );
}

function readout(point: SeriesPoint | undefined, series: readonly Series[]): readonly string[] {
  if (point === undefined) return ["not known"];
  return series.map(({ of, name }) => `${name} ${point[of].toLocaleString()}`);
}

type PlotProps = Pick<LineChartProps, "series" | "steps" | "unknownText" | "pointed" | "onPoint">;

function Plot({ series, steps, unknownText, pointed, onPoint }: PlotProps) {
  const { points } = steps;
  const values = series.map(({ of }) => points.map((point) => point?.[of]));
  const ticks = valueTicks(Math.max(...values.flat().map((value) => value ?? 0)));
  const top = ticks.at(-1) ?? 1;
  const known = points.findIndex((point) => point !== undefined);
  const percentOf = (index: number) => (index / (points.length - 1)) * 100;
  const point = ({ currentTarget, clientX }: PointerEvent<HTMLDivElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const index = Math.round(((clientX - left) / width) * (points.length - 1));
    onPoint(Math.min(Math.max(index, 0), points.length - 1));
  };
  return (
    <>
      <div className={styles.values}>
        {ticks.map((tick) => (
          <span key={tick} style={{ bottom: `${(tick / top) * 100}%` }}>
            {tick.toLocaleString()}
          </span>
        ))}
      </div>
      <div className={styles.plot} onPointerMove={point} onPointerLeave={() => onPoint(undefined)}>
        {ticks.map((tick) => (
          <div key={tick} className={styles.line} style={{ bottom: `${(tick / top) * 100}%` }} />
        ))}
        {known > 0 && (
          <div className={styles.unknown} style={{ width: `${percentOf(known)}%` }}>
            {percentOf(known) > 25 && <span>{unknownText}</span>}
          </div>
        )}
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          className={styles.lines}
          aria-hidden="true"
          focusable="false"
        >
          {series.map(({ of, color, dash, filled }, i) => (
            <g key={of} stroke={`var(${color})`} fill={`var(${color})`}>
              {filled && <path d={areaPath(values[i] ?? [], top)} fillOpacity="0.12" stroke="none" />}
              <path
                d={linePath(values[i] ?? [], top)}
                fill="none"
                strokeWidth="1.75"
                strokeLinejoin="round"
                strokeDasharray={dash}
                vectorEffect="non-scaling-stroke"
              />
            </g>
          ))}
        </svg>
        {pointed !== undefined && (
          <div className={styles.cursor} style={{ left: `${percentOf(pointed)}%` }} />
        )}
      </div>
      <div className={styles.times}>
        {timeTicks(steps).map(({ text, percent }) => (
          <span key={percent} style={{ left: `${percent}%` }}>
            {text}
          </span>
        ))}
      </div>
    </>
  );
}
