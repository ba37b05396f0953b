namespace FedOperator.Core.Api;

/// <summary>Which network is trained.</summary>
public sealed record ModelSpec
{
    /// <summary>The kind of network. Default `cnn`.</summary>
    public Architecture Architecture { get; init; } = Architecture.Cnn;

    /// <summary>Channels of the first block, which later blocks double; for `mlp`, units of a hidden layer. From 1 to 4096; default 16.</summary>
    public int Width { get; init; } = 16;

    /// <summary>How many classes the labels tell apart: outputs of the last layer. From 2 (to 256 with idx files); default 10.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>Channels, height and width of one input, as the data have them. Default [1, 28, 28], as MNIST's.</summary>
    public IReadOnlyList<int> InputShape { get; init; } = [1, 28, 28];

    /// <summary>How many units the network has, counted from the classifier (unit 1) back; `personalization.blocks` may be 0 .. this number.</summary>
    /// <remarks>`mlp`: classifier and two hidden layers. `cnn`: classifier and three convolutions. ResNets: classifier, the basic blocks, and the stem as the last unit.</remarks>
    public static int UnitCount(Architecture architecture) => architecture switch
    {
        Architecture.Mlp => 3,
        Architecture.Cnn => 4,
        Architecture.Resnet8 => 5,
        Architecture.Resnet20 => 11,
        _ => throw new ArgumentOutOfRangeException(nameof(architecture), architecture, "No unit count for this architecture: add it to ModelSpec.UnitCount."),
    };
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
}
