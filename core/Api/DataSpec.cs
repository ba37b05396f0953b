using System.Text.Json.Nodes;

namespace FedOperator.Core.Api;

/// <summary>What a trainer trains on, and how clients share one data set.</summary>
public sealed record DataSpec
{
    /// <summary>File format. Default `idx`.</summary>
    public DataFormat Format { get; init; } = DataFormat.Idx;

    /// <summary>Where the trainer sees the files. Default `/data`.</summary>
    public string Path { get; init; } = "/data";

    /// <summary>A Kubernetes VolumeSource, mounted read-only at <see cref="Path"/>. Ignored by `fed run`, which takes --data.</summary>
    public JsonObject? Volume { get; init; }

    /// <summary>How the clients share one data set. Default: `iid`.</summary>
    public PartitionSpec Partition { get; init; } = new();
}

/// <summary>Data formats.</summary>
public enum DataFormat
{
    /// <summary>MNIST's idx files, plain or gzipped.</summary>
    Idx,
}

/// <summary>How the clients share one data set: disjoint and complete, drawn from the job's seed; the test split by the same law.</summary>
public sealed record PartitionSpec
{
    /// <summary>Default `iid`.</summary>
    public PartitionMethod Method { get; init; } = PartitionMethod.Iid;

    /// <summary>For `classesPerClient`: how many classes each client holds.</summary>
    public int? Classes { get; init; }

    /// <summary>For `dirichlet`: the concentration; small is skewed.</summary>
    public double? Alpha { get; init; }
}

/// <summary>Partition methods.</summary>
public enum PartitionMethod
{
    /// <summary>A uniform shuffle, split evenly.</summary>
    Iid,

    /// <summary>Each class split over the clients by Dirichlet(alpha) proportions.</summary>
    Dirichlet,

    /// <summary>Each client holds `classes` classes; each class is split evenly among its holders.</summary>
    ClassesPerClient,
}
