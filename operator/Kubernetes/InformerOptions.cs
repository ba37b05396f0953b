namespace FedOperator.Operator.Kubernetes;

/// <summary>How informers list and watch.</summary>
internal sealed record InformerOptions
{
    /// <summary>Objects in a page of a list. Default 500, as kubectl.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>The server ends a watch after a time drawn between this and <see cref="LongestWatch"/>. Default 5 min.</summary>
    public TimeSpan ShortestWatch { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>See <see cref="ShortestWatch"/>. Default 10 min.</summary>
    public TimeSpan LongestWatch { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A watch that brought neither event nor bookmark for so long is taken for dead. Default 150 s: API servers send a bookmark about every minute.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>Wait after a first failure; doubles. Default 200 ms.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The wait grows no further. Default 30 s.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where the draws of waits start. Default 0.</summary>
    public ulong Seed { get; init; }
}
