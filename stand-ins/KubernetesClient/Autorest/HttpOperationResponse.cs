namespace k8s.Autorest;

/// <summary>The answer to an operation.</summary>
public class HttpOperationResponse : IDisposable
{
    /// <summary>What was asked.</summary>
    public HttpRequestMessage Request { get; set; }

    /// <summary>What was answered.</summary>
    public HttpResponseMessage Response { get; set; }

    /// <summary>Ends request and response.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends request and response.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        Request?.Dispose();
        Response?.Dispose();
    }
}

/// <summary>The answer to an operation, read.</summary>
public class HttpOperationResponse<T> : HttpOperationResponse
{
    /// <summary>The object in it.</summary>
    public T Body { get; set; }
}
