using System.Text.Json.Nodes;

namespace FedOperator.Core.Api;

/// <summary>What a trainer trains on, and how clients share one data set.</summary>
public sealed record DataSpec
{
    /// <summary>Format of the files. Default `idx`.</summary>
    public DataFormat Format { get; init; } = DataFormat.Idx;

    /// <summary>Folder in which a trainer finds the files: absolute, and where `volume` is mounted. Default `/data`.</summary>
    public string Path { get; init; } = "/data";

    /// <summary>Where the files come from: one Kubernetes volume, mounted read-only at <see cref="Path"/>, for example `{persistentVolumeClaim: {claimName: fashion-mnist}}`. `$(CLIENT_INDEX)` in it is replaced by the client's number in its group, so that each has its own. `fed run` takes --data instead.</summary>
    public JsonObject? Volume { get; init; }

    /// <summary>How the clients that see the same files share them: disjoint, complete, and drawn from the seed. A client with files of its own has all of them.</summary>
    public PartitionSpec Partition { get; init; } = new();
}

/// <summary>Data formats.</summary>
public enum DataFormat
{
    /// <summary>MNIST's own files (train-images-idx3-ubyte ...), plain or gzipped.</summary>
    Idx,
}

/// <summary>How the clients share one data set: disjoint and complete, drawn from the job's seed; the test split by the same law.</summary>
public sealed record PartitionSpec
{
    /// <summary>The law by which samples go to clients; the test samples go by the same. Default `iid`.</summary>
    public PartitionMethod Method { get; init; } = PartitionMethod.Iid;

    /// <summary>With `classesPerClient`, and only then: how many classes each client holds, from 1 to `model.classes`.</summary>
    public int? Classes { get; init; }

    /// <summary>With `dirichlet`, and only then: the concentration, greater than 0. 0.1 is very skewed, 100 almost even.</summary>
    public double? Alpha { get; init; }
}

/// <summary>Partition methods.</summary>
public enum PartitionMethod
{
    /// <summary>a uniform shuffle, split evenly: the easy case.</summary>
    Iid,

    /// <summary>each class is split over the clients by proportions drawn from Dirichlet(`alpha`).</summary>
    Dirichlet,

    /// <summary>each client holds `classes` classes only, each split evenly among its holders: the hard case.</summary>
    ClassesPerClient,
}
