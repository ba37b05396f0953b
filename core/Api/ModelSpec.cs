using System.Text.Json.Nodes;

namespace FedOperator.Core.Api;

/// <summary>Which network is trained.</summary>
public sealed record ModelSpec
{
    /// <summary>The kind of network. Default `cnn`.</summary>
    public Architecture Architecture { get; init; } = Architecture.Cnn;

    /// <summary>Channels of the first layer, which later ones double; for `mlp`, units of a hidden layer. From 1 to 4096. Absent: 64 for `resnet34` and 32 for `mobilenetV1`, as in their papers; otherwise 16. A MobileNet of width multiplier 0.25 has width 8.</summary>
    public int? Width { get; init; }

    /// <summary>How many classes the labels tell apart: outputs of the last layer. From 2 (to 256 with idx files); default 10.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>Channels, height and width of one input, as the data have them. Default [1, 28, 28], as MNIST's.</summary>
    public IReadOnlyList<int> InputShape { get; init; } = [1, 28, 28];

    /// <summary>A checkpoint to start from, in place of weights drawn from the seed.</summary>
    public InitialCheckpointSpec? InitialCheckpoint { get; init; }

    /// <summary><see cref="Width"/>, or what it is where it is absent.</summary>
    public int Channels() => Width ?? Architecture switch
    {
        Architecture.Resnet34 => 64,
        Architecture.MobilenetV1 => 32,
        _ => 16,
    };

    /// <summary>How many units the network has, counted from the classifier (unit 1) back; `personalization.blocks` may be 0 .. this number.</summary>
    /// <remarks>`mlp`: classifier and two hidden layers. `cnn`: classifier and three convolutions. ResNets and MobileNet: classifier, the blocks from the last one back, and the stem as the last unit.</remarks>
    public static int UnitCount(Architecture architecture) => architecture switch
    {
        Architecture.Mlp => 3,
        Architecture.Cnn => 4,
        Architecture.Resnet8 => 5,
        Architecture.Resnet20 => 11,
        Architecture.Resnet34 => 18,
        Architecture.MobilenetV1 => 15,
        _ => throw new ArgumentOutOfRangeException(nameof(architecture), architecture, "No unit count for this architecture: add it to ModelSpec.UnitCount."),
    };
}

/// <summary>A checkpoint to start from (safetensors), for example torchvision's ResNet-34.</summary>
public sealed record InitialCheckpointSpec
{
    /// <summary>The file: absolute, and below where `volume` is mounted; for `fed run` a path on this machine. Its tensors have the names and shapes of the network's own; floating-point ones are converted to `training.precision`.</summary>
    public required string Path { get; init; }

    /// <summary>Where the file comes from: one Kubernetes volume, mounted read-only at the folder of <see cref="Path"/> in the aggregator's pod, for example `{persistentVolumeClaim: {claimName: models}}`. `fed run` ignores it.</summary>
    public JsonObject? Volume { get; init; }

    /// <summary>Modules whose tensors are drawn from the seed all the same, whatever the file has for them: `[fc]` where the classes are others, `[conv1]` where the file's first convolution is made for larger images (torchvision's is 7x7). Default none.</summary>
    public IReadOnlyList<string> Reinitialize { get; init; } = [];
}

/// <summary>The networks that a trainer can build.</summary>
public enum Architecture
{
    /// <summary>two hidden layers and a classifier; no convolution.</summary>
    Mlp,

    /// <summary>three strided 3x3 convolutions and a classifier: trains on a CPU in minutes.</summary>
    Cnn,

    /// <summary>the CIFAR ResNet with 3 basic blocks.</summary>
    Resnet8,

    /// <summary>the CIFAR ResNet with 9 basic blocks.</summary>
    Resnet20,

    /// <summary>ResNet-34 with its 16 basic blocks behind a 3x3 stem, for small images; torchvision's names.</summary>
    Resnet34,

    /// <summary>MobileNet-v1 with its 13 depthwise-separable blocks behind a 3x3 stem, for small images.</summary>
    MobilenetV1,
}
