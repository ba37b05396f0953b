namespace Prometheus;

/// <summary>Where metrics are made in the default registry, and registries of one's own.</summary>
public static class Metrics
{
    static Metrics()
    {
        DefaultRegistry = new CollectorRegistry();
        DefaultFactory = new MetricFactory(DefaultRegistry);
        DefaultRegistry.BeforeFirstCollection(() => DotNetStats.Register(DefaultRegistry));
    }

    public static CollectorRegistry DefaultRegistry { get; }

    public static MetricFactory DefaultFactory { get; }

    public static CollectorRegistry NewCustomRegistry() => new();

    public static MetricFactory WithCustomRegistry(CollectorRegistry registry) => new(registry);

    public static Counter CreateCounter(string name, string help, CounterConfiguration? configuration = null) => DefaultFactory.CreateCounter(name, help, configuration);

    public static Gauge CreateGauge(string name, string help, GaugeConfiguration? configuration = null) => DefaultFactory.CreateGauge(name, help, configuration);

    public static Histogram CreateHistogram(string name, string help, HistogramConfiguration? configuration = null) => DefaultFactory.CreateHistogram(name, help, configuration);

    public static Counter CreateCounter(string name, string help, string[] labelNames, CounterConfiguration? configuration = null) => DefaultFactory.CreateCounter(name, help, labelNames, configuration);

    public static Gauge CreateGauge(string name, string help, string[] labelNames, GaugeConfiguration? configuration = null) => DefaultFactory.CreateGauge(name, help, labelNames, configuration);

    public static Histogram CreateHistogram(string name, string help, string[] labelNames, HistogramConfiguration? configuration = null) => DefaultFactory.CreateHistogram(name, help, labelNames, configuration);

    public static Counter CreateCounter(string name, string help, params string[] labelNames) => DefaultFactory.CreateCounter(name, help, labelNames);

    public static Gauge CreateGauge(string name, string help, params string[] labelNames) => DefaultFactory.CreateGauge(name, help, labelNames);

    public static Histogram CreateHistogram(string name, string help, params string[] labelNames) => DefaultFactory.CreateHistogram(name, help, labelNames);

    /// <summary>Leaves the default registry without the process's and the runtime's metrics. Too late once it has been collected.</summary>
    public static void SuppressDefaultMetrics() => DefaultRegistry.BeforeFirstCollection(() => { });
}
