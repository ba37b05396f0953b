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
