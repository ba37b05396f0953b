namespace FedOperator.Trainer.Rounds;

/// <summary>What clients wrote, fit for our own documents, which must never grow past their limit by it.</summary>
internal static class Quoted
{
    private const int LongestMessage = 300;
    private const int ShortLength = 12;

    /// <summary>A message that may quote a client, cut to 300 characters.</summary>
    public static string Message(string text) => text.Length <= LongestMessage ? text : text[..LongestMessage] + " [cut]";

    /// <summary>The first characters of a hash.</summary>
    public static string Short(string text) => text.Length <= ShortLength ? text : text[..ShortLength];
}
