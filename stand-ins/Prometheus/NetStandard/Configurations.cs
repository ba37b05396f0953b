namespace Prometheus;

/// <summary>What all kinds of metrics may be told at their creation.</summary>
public abstract class MetricConfiguration
{
    /// <summary>Names of the labels; read only where a factory is not given them apart.</summary>
    public string[]? LabelNames { get; set; }

    /// <summary>True: nothing is exported until the value is first touched.</summary>
    public bool SuppressInitialValue { get; set; }
}

/// <summary>A counter's configuration.</summary>
public sealed class CounterConfiguration : MetricConfiguration
{
}

/// <summary>A gauge's configuration.</summary>
public sealed class GaugeConfiguration : MetricConfiguration
{
}

/// <summary>A histogram's configuration.</summary>
public sealed class HistogramConfiguration : MetricConfiguration
{
    /// <summary>Upper bounds, rising; +Inf is added. Null: from 5 ms to 10 s.</summary>
    public double[]? Buckets { get; set; }
}
