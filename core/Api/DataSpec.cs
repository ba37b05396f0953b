using System.Text.Json.Nodes;

namespace FedOperator.Core.Api;

/// <summary>What a trainer trains on, and how clients share one data set.</summary>
public sealed record DataSpec
{
    /// <summary>Format of the files. Default `idx`.</summary>
    public DataFormat Format { get; init; } = DataFormat.Idx;

    /// <summary>How pixels become the network's inputs. Absent: what is usual for the format.</summary>
    public PixelSpec? Pixels { get; init; }

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

    /// <summary>CIFAR-10's binary files (data_batch_1.bin .. data_batch_5.bin, test_batch.bin).</summary>
    Cifar10,

    /// <summary>CIFAR-100's binary files (train.bin, test.bin), by their 100 fine labels.</summary>
    Cifar100,

    /// <summary>train.safetensors and test.safetensors, with the images `x` (N, C, H, W), of bytes or floating-point numbers, and the classes `y` (N), of whole numbers.</summary>
    Safetensors,
}

/// <summary>How pixels become the network's inputs: (x - mean) / deviation by channel, x from 0 to 1 for images of bytes, and as it is for floating-point numbers.</summary>
public sealed record PixelSpec
{
    /// <summary>Mean of each channel, one number for all or one for each. Default by format: 0.286 for idx (Fashion-MNIST's), CIFAR's own for CIFAR, [0.5] for bytes in safetensors, [0] for floating-point numbers.</summary>
    public IReadOnlyList<double>? Mean { get; init; }

    /// <summary>Standard deviation of each channel, one number for all or one for each, greater than 0. Default by format: 0.353 for idx, CIFAR's own for CIFAR, [0.5] for bytes in safetensors, [1] for floating-point numbers.</summary>
    public IReadOnlyList<double>? Deviation { get; init; }
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

    /// <summary>Changes each client's images by amounts of its own, train and test split alike, as another camera would: contrast, then rotation, then noise. With any method. Absent: none.</summary>
    public FeatureShiftSpec? FeatureShift { get; init; }
}

/// <summary>How far the clients' images differ. Of n clients that share a data set, each gets another one of n amounts, evenly spaced; which, is drawn from the seed, for each kind by itself. Done once, when images are loaded: bytes are rounded and clamped; floating-point pixels are taken to range from 0 to 1, and are not clamped.</summary>
public sealed record FeatureShiftSpec
{
    /// <summary>Contrast falls from 1 to 1 - this: from 0 to less than 1. Each pixel moves towards the middle of the range by so much. Default 0.</summary>
    public double Contrast { get; init; }

    /// <summary>Images are turned counter-clockwise by -this .. this degrees around their middle (bilinear; black around). From 0 to 180. Default 0.</summary>
    public double Rotation { get; init; }

    /// <summary>Standard deviation of the Gaussian noise of each pixel, the whole range being 1, is 0 .. this; drawn from the seed, once for each image. From 0 to 1. Default 0.</summary>
    public double Noise { get; init; }
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
