namespace FedOperator.Core.Tensors;

/// <summary>A safetensors file is malformed, or does not hold what was asked for. The message names the file, the tensor and the reason.</summary>
public sealed class SafetensorsException : Exception
{
    /// <summary>A failure of the whole file.</summary>
    public SafetensorsException(string file, string reason, Exception? inner = null)
        : base($"{file}: {reason}", inner) => (File, Reason) = (file, reason);

    /// <summary>A failure at one tensor.</summary>
    public SafetensorsException(string file, string tensor, string reason)
        : base($"{file}: tensor {Quote(tensor)}: {reason}") => (File, Tensor, Reason) = (file, tensor, reason);

    /// <summary>The file or blob.</summary>
    public string File { get; }

    /// <summary>The tensor, where one is to blame.</summary>
    public string? Tensor { get; }

    /// <summary>What is wrong.</summary>
    public string Reason { get; }

    /// <summary>A name from a file that nobody vouches for, fit for a log line: control characters replaced, at most 80 characters.</summary>
    public static string Quote(string name)
    {
        var cut = name.Length > 80 ? name[..80] + "..." : name;
        return "'" + string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)) + "'";
    }
}
