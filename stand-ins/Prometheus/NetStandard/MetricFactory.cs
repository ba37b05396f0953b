namespace Prometheus;

/// <summary>Makes metrics in one registry; asked again for the same name and labels, it gives the same metric.</summary>
public sealed class MetricFactory
{
    private readonly CollectorRegistry registry;

    internal MetricFactory(CollectorRegistry registry) => this.registry = registry;

    public Counter CreateCounter(string name, string help, CounterConfiguration? configuration = null) =>
        CreateCounter(name, help, configuration?.LabelNames ?? [], configuration);

    public Gauge CreateGauge(string name, string help, GaugeConfiguration? configuration = null) =>
        CreateGauge(name, help, configuration?.LabelNames ?? [], configuration);

    public Histogram CreateHistogram(string name, string help, HistogramConfiguration? configuration = null) =>
        CreateHistogram(name, help, configuration?.LabelNames ?? [], configuration);

    public Counter CreateCounter(string name, string help, string[] labelNames, CounterConfiguration? configuration = null) =>
        registry.GetOrAdd(name, labelNames, () => new Counter(name, help, labelNames, configuration?.SuppressInitialValue ?? false));

    public Gauge CreateGauge(string name, string help, string[] labelNames, GaugeConfiguration? configuration = null) =>
        registry.GetOrAdd(name, labelNames, () => new Gauge(name, help, labelNames, configuration?.SuppressInitialValue ?? false));

    public Histogram CreateHistogram(string name, string help, string[] labelNames, HistogramConfiguration? configuration = null) =>
        registry.GetOrAdd(name, labelNames, () => new Histogram(name, help, labelNames, configuration?.SuppressInitialValue ?? false, configuration?.Buckets));

    public Counter CreateCounter(string name, string help, params string[] labelNames) => CreateCounter(name, help, labelNames, null);

    public Gauge CreateGauge(string name, string help, params string[] labelNames) => CreateGauge(name, help, labelNames, null);

    public Histogram CreateHistogram(string name, string help, params string[] labelNames) => CreateHistogram(name, help, labelNames, null);
}
