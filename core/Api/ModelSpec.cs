namespace FedOperator.Core.Api;

/// <summary>Which network is trained.</summary>
public sealed record ModelSpec
{
    /// <summary>`mlp`, `cnn`, `resnet8` or `resnet20`.</summary>
    public Architecture Architecture { get; init; } = Architecture.Cnn;

    /// <summary>Channels of the first block (units of the hidden layer for `mlp`). Default 16.</summary>
    public int Width { get; init; } = 16;

    /// <summary>Number of classes. Default 10.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>Channels, height, width of one input. Default [1, 28, 28].</summary>
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
    /// <summary>Two hidden layers.</summary>
    Mlp,

    /// <summary>Three strided 3x3 convolutions.</summary>
    Cnn,

    /// <summary>CIFAR ResNet with 3 basic blocks.</summary>
    Resnet8,

    /// <summary>CIFAR ResNet with 9 basic blocks.</summary>
    Resnet20,
}
